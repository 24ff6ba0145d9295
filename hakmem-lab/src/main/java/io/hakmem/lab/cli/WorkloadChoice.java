// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.workload.TraceReplay;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A workload or a trace, of commands that take one of either. */
final class WorkloadChoice {
  private static final String TRACE = ".trace.gz";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "WORKLOAD|FILE.trace.gz",
      description = "One of ./hakmem workloads, or a recorded trace.")
  private @Nullable String what;

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

  WorkloadChoice() {}

  /** What is done with the workload. */
  @FunctionalInterface
  interface Use {
    int with(Workload workload) throws IOException, RunFailure;
  }

  /** Readies it, uses it, and removes what readying it took. */
  int use(Use use) throws IOException, RunFailure {
    if (what == null) {
      throw new UsageException("no workload given; ./hakmem workloads lists them");
    }
    if (!what.endsWith(TRACE)) {
      OptionalInt asked = threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
      return use.with(WorkloadCatalog.parse(what, arguments, asked));
    }
    if (!arguments.isEmpty() || threads != null) {
      throw new UsageException("a trace takes neither arguments nor --threads");
    }
    Path packed = Files.createTempFile("hakmem-trace", ".packed");
    try {
      return use.with(TraceReplay.ofRecorded(Path.of(what), packed));
    } finally {
      Files.delete(packed);
    }
  }

  boolean isGiven() {
    return what != null;
  }

  /** As on the command line. */
  String words() {
    List<String> words = new ArrayList<>();
    if (what != null) {
      words.add(what);
    }
    words.addAll(arguments);
    if (threads != null) {
      words.add("--threads " + threads);
    }
    return String.join(" ", words);
  }
}
