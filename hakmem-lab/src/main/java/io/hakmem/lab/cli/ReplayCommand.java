// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.workload.ThreadedReplay;
import io.hakmem.lab.workload.TraceReplay;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hakmem replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Replays recorded allocation traces: at least a second of untimed passes, then a second of"
          + " timed ones; an op is an event.",
      "Events run on one thread, in the file's order, unless --threads is given."
    })
final class ReplayCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE.trace.gz",
      description = "Traces; traces/README.md describes the format.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--threads",
      description =
          "Each event on the thread that it has in the trace; it waits for the event before it on"
              + " the same block. Times mostly how threads hand blocks over.")
  private boolean threads;

  @Option(
      names = "--also",
      paramLabel = "WORKLOAD",
      description =
          "Also measures this workload, with its default arguments, so that the means take it in;"
              + " may be repeated.")
  private List<String> others = new ArrayList<>();

  @Mixin private MeasureOptions options = new MeasureOptions();

  ReplayCommand() {}

  @Override
  public Integer call() throws IOException {
    Session session =
        new Session(options, false, spec.commandLine().getOut(), spec.commandLine().getErr());
    List<Path> packed = new ArrayList<>();
    try {
      // All are read before the first is run: a bad file is found at once.
      List<Workload> workloads = new ArrayList<>();
      for (Path file : files) {
        Path copy = Files.createTempFile("hakmem-trace", ".packed");
        packed.add(copy);
        workloads.add(
            threads ? ThreadedReplay.ofRecorded(file, copy) : TraceReplay.ofRecorded(file, copy));
      }
      others.forEach(name -> workloads.add(WorkloadCatalog.parse(name, List.of())));
      workloads.forEach(session::measure);
    } finally {
      for (Path copy : packed) {
        Files.deleteIfExists(copy);
      }
    }
    return session.finish();
  }
}
