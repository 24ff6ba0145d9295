// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.report.HeapReport;
import io.hakmem.lab.report.HeapText;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.HeapInspection;
import io.hakmem.lab.run.HeapSamples;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hakmem stats}. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Runs a workload or replays a trace on hakmem and prints where every byte is.",
      "At peak live and at the end, with the size classes and their fragmentation."
    })
final class StatsCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private WorkloadChoice choice = new WorkloadChoice();

  @Mixin private MeasureOptions.JvmFlagsOption jvm = new MeasureOptions.JvmFlagsOption();

  @Mixin private JsonOption json = new JsonOption();

  StatsCommand() {}

  @Override
  public Integer call() throws IOException, RunFailure {
    json.check();
    return choice.use(this::inspect);
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
