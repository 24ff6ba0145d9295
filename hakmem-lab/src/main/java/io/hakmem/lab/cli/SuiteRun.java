// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.cli.Measurer.Measured;
import io.hakmem.lab.run.ProjectFolder;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.suite.Outcome;
import io.hakmem.lab.suite.SuitePlan;
import io.hakmem.lab.suite.SuiteReport;
import io.hakmem.lab.suite.SuiteReports;
import io.hakmem.lab.suite.SuiteWorkload;
import io.hakmem.lab.workload.TraceReplay;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs the workloads of a plan one after the other; one that fails does not lose the others. */
final class SuiteRun {
  private final SuitePlan plan;
  private final Measurer measurer;
  private final ProgressLine progress;

  SuiteRun(SuitePlan plan, Measurer measurer, ProgressLine progress) {
    this.plan = plan;
    this.measurer = measurer;
    this.progress = progress;
  }

  /** Keeps what has been measured so far. */
  interface Keeper {
    void keep(SuiteReport report) throws IOException;
  }

  /**
   * Runs all, each with its subjects; the command goes into the report, which is handed out after
   * every workload: whoever stops the suite has what is done by then.
   */
  SuiteReport run(
      String command, Function<SuiteWorkload, List<SubjectSpec>> subjects, Keeper keeper)
      throws IOException {
    Instant begin = Instant.now();
    List<Outcome> outcomes = new ArrayList<>();
    List<SuiteReport.Failure> failures = new ArrayList<>();
    int count = 0;
    for (SuiteWorkload line : plan.workloads()) {
      progress.begin(++count + " of " + plan.workloads().size() + ", " + line.label());
      try {
        outcomes.add(measure(line, subjects.apply(line)));
      } catch (RuntimeException | IOException e) {
        failures.add(new SuiteReport.Failure(line.label(), String.valueOf(e.getMessage())));
      }
      keeper.keep(report(command, begin, outcomes, failures));
    }
    return report(command, begin, outcomes, failures);
  }

  private SuiteReport report(
      String command, Instant begin, List<Outcome> outcomes, List<SuiteReport.Failure> failures) {
    return SuiteReports.of(
        plan, command, begin, Instant.now(), measurer.environment(), outcomes, failures);
  }

  private Outcome measure(SuiteWorkload line, List<SubjectSpec> subjects) throws IOException {
    Path packed = Files.createTempFile("hakmem-trace", ".packed");
    try {
      Measured measured = measurer.measure(workload(line, packed), subjects, plan.runs());
      return new Outcome(line, measured.result(), measured.report());
    } finally {
      Files.deleteIfExists(packed);
    }
  }

  private static Workload workload(SuiteWorkload line, Path packed) {
    if (!line.name().equals(TraceReplay.NAME)) {
      return WorkloadCatalog.parse(line.name(), line.arguments(), line.threads());
    }
    String file = line.arguments().getFirst();
    Path folder =
        ProjectFolder.locate()
            .orElseThrow(() -> new UsageException("no folder of the project with " + file));
    return TraceReplay.ofRecorded(folder.resolve(file), packed, file);
  }
}
