// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.watch.Look;
import io.hakmem.lab.watch.Sample;
import io.hakmem.lab.watch.Sampler;
import io.hakmem.lab.watch.TopScreen;
import io.hakmem.lab.watch.TopTerminal;
import io.hakmem.lab.watch.WatchFailure;
import io.hakmem.lab.watch.WatchedJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hakmem top}. */
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Watches another JVM's hakmem on the terminal.",
      "Shows where its memory is, requests and hits, calls of the system, the map of superslabs,"
          + " the size classes. q or Ctrl-C ends it; so does the end of that JVM. That JVM needs no"
          + " flag; it starts its agent for local JMX (docs/monitoring.md)."
    })
final class TopCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private WatchOptions options = new WatchOptions();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Prints N samples one after the other, without a terminal, and ends.")
  private @Nullable Integer count;

  TopCommand() {}

  @Override
  public Integer call() throws IOException, WatchFailure {
    Duration interval = options.interval();
    if (count != null && count < 1) {
      throw new UsageException("--count: " + count + " is not positive");
    }
    if (count == null && !TopTerminal.isThere()) {
      throw new UsageException("this is no terminal; --count N prints N samples to anywhere");
    }
    try (WatchedJvm jvm = WatchedJvm.attach(options.pid());
        Sampler sampler = new Sampler(jvm, interval, _ -> {})) {
      if (count != null) {
        print(sampler, new TopScreen(jvm.facts(), interval, Look.PLAIN), count);
      } else {
        TopTerminal.show(sampler, jvm.facts(), interval);
        sampler.check();
        if (sampler.isOver()) {
          spec.commandLine().getOut().println("JVM " + options.pid() + " ended");
          spec.commandLine().getOut().flush();
        }
      }
    }
    return Main.OK;
  }

  private void print(Sampler sampler, TopScreen screen, int wanted) throws WatchFailure {
    PrintWriter out = spec.commandLine().getOut();
    int printed = 0;
    while (printed < wanted) {
      Sample sample = sampler.awaitAfter(printed);
      if (sample == null) {
        sampler.check();
        throw new WatchFailure(
            "JVM " + options.pid() + " ended after " + printed + " of " + wanted + " samples");
      }
      out.print(printed == 0 ? screen.plain(sample) : "\n" + screen.plain(sample));
      out.flush();
      printed = sample.number();
    }
  }
}
