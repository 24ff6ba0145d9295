// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.report.HeapReport;
import io.hakmem.lab.report.HeapText;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.HeapInspection;
import io.hakmem.lab.run.HeapSamples;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.workload.TraceReplay;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code hakmem stats}. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Runs a workload or replays a trace on hakmem and prints where every byte is, at peak live"
            + " and at the end, and the size classes with their fragmentation.")
final class StatsCommand implements Callable<Integer> {
  private static final String TRACE = ".trace.gz";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "WORKLOAD|FILE.trace.gz",
      description = "One of ./hakmem workloads, or a recorded trace.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String what;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ARG",
      description = "Arguments of the workload; those left out have defaults.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "T",
      description = "Threads of a workload whose recipe leaves their number open.")
  private @Nullable Integer threads;

  @Mixin private MeasureOptions.JvmFlagsOption jvm = new MeasureOptions.JvmFlagsOption();

  @Mixin private JsonOption json = new JsonOption();

  StatsCommand() {}

  @Override
  public Integer call() throws IOException, RunFailure {
    json.check();
    if (!what.endsWith(TRACE)) {
      OptionalInt asked = threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
      return inspect(WorkloadCatalog.parse(what, arguments, asked));
    }
    if (!arguments.isEmpty() || threads != null) {
      throw new UsageException("a trace takes neither arguments nor --threads");
    }
    Path packed = Files.createTempFile("hakmem-trace", ".packed");
    try {
      return inspect(TraceReplay.ofRecorded(Path.of(what), packed));
    } finally {
      Files.delete(packed);
    }
  }

  private int inspect(Workload workload) throws IOException, RunFailure {
    JvmOptions options = new JvmOptions(jvm.flags(), 0);
    HeapSamples samples = HeapInspection.of(workload, options);
    HeapReport report = HeapReport.of(workload, samples, Environment.current(), options);
    PrintWriter out = spec.commandLine().getOut();
    out.print(new HeapText(report).format());
    out.flush();
    json.write(report);
    return Main.OK;
  }
}
