// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.micro.Micro;
import io.hakmem.lab.micro.MicroResult;
import io.hakmem.lab.report.Listing;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hakmem jmh}. */
@Command(
    name = "jmh",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Times single calls under JMH; fails if one that promises no garbage makes some.")
final class JmhCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PATTERN",
      defaultValue = ".*",
      description =
          "Which: a regular expression found in the names of Buffers, LargePair, LookUp, Pair,"
              + " RemoteFree, Vectors, View and their methods; default: all.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String pattern;

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "3",
      description = "Processes of each benchmark (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Option(
      names = "--millis",
      paramLabel = "MS",
      defaultValue = "500",
      description =
          "Of each of five iterations, after as many to warm up (default: ${DEFAULT-VALUE}).")
  private int millis;

  @Mixin private JsonOption json = new JsonOption();

  JmhCommand() {}

  @Override
  public Integer call() throws IOException {
    json.check();
    if (forks < 1 || millis < 1) {
      throw new UsageException("--forks and --millis must be at least 1");
    }
    Listing listing = new Listing("benchmark", "size", "ns/call", "error", "B/call", "promise");
    List<MicroResult> results = results();
    for (MicroResult result : results) {
      listing.add(
          result.benchmark(),
          result.size(),
          String.format(Locale.ROOT, "%.2f", result.nanosPerCall()),
          String.format(Locale.ROOT, "%.2f", result.errorNanos()),
          String.format(Locale.ROOT, "%.3f", result.bytesPerCall()),
          promise(result));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(listing.format());
    out.flush();
    json.write("benchmarks", listing);
    return results.stream().anyMatch(MicroResult::breaksItsPromise) ? Main.FAILED : Main.OK;
  }

  private List<MicroResult> results() {
    try {
      return Micro.run(pattern, forks, millis, System.err, !ProgressLine.onTerminal());
    } catch (IllegalArgumentException e) {
      throw new UsageException("jmh '" + pattern + "': " + e.getMessage());
    }
  }

  private static String promise(MicroResult result) {
    if (!result.garbageFree()) {
      return "-";
    }
    return result.breaksItsPromise() ? "BROKEN: no garbage" : "no garbage: kept";
  }
}
