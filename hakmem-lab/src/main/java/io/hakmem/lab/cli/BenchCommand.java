// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.workload.RandomMixed;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hakmem bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Measures subjects on a workload: one run is one process, an untimed pass first, all runs"
            + " interleaved in random order.")
final class BenchCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "WORKLOAD",
      defaultValue = RandomMixed.NAME,
      description = "One of ./hakmem workloads (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String workload;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ARG",
      description = "Arguments of the workload; those left out have defaults.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "T",
      description =
          "Threads of a workload whose recipe leaves their number open; default: the number of"
              + " processors.")
  private @Nullable Integer threads;

  @Option(
      names = "--latency",
      description = "Also times single calls, in runs of their own: p50, p99, p99.99, max.")
  private boolean latency;

  @Mixin private MeasureOptions options = new MeasureOptions();

  BenchCommand() {}

  @Override
  public Integer call() throws IOException {
    OptionalInt asked = threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
    Workload chosen = WorkloadCatalog.parse(workload, arguments, asked);
    Session session =
        new Session(options, latency, spec.commandLine().getOut(), spec.commandLine().getErr());
    session.measure(chosen);
    return session.finish();
  }
}
