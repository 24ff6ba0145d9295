// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.report.BenchReport.Unavailable;
import io.hakmem.lab.report.Reports;
import io.hakmem.lab.run.Campaign;
import io.hakmem.lab.run.CampaignResult;
import io.hakmem.lab.run.Contender;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.Machine;
import io.hakmem.lab.run.Runs;
import io.hakmem.lab.run.UnavailableException;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/** Runs workloads on the subjects that can run here. */
final class Measurer {
  /**
   * What came of a workload.
   *
   * @param result all samples
   * @param report their summary
   */
  record Measured(CampaignResult result, BenchReport report) {}

  private final Environment environment = Environment.current();
  private final JvmOptions jvmOptions;
  private final Machine machine;
  private final ProgressLine progress;

  Measurer(JvmOptions jvmOptions, ProgressLine progress) {
    this.jvmOptions = jvmOptions;
    machine = new Machine(jvmOptions);
    this.progress = progress;
  }

  /** Where everything is measured. */
  EnvironmentReport environment() {
    return Reports.environment(environment, jvmOptions);
  }

  /** Runs the workload on every subject; those that cannot run here are in the report. */
  Measured measure(Workload workload, List<SubjectSpec> subjects, Runs runs) {
    List<Contender> contenders = new ArrayList<>();
    List<Unavailable> unavailable = new ArrayList<>();
    for (SubjectSpec subject : subjects) {
      try {
        contenders.add(machine.ready(subject, workload));
      } catch (UnavailableException e) {
        unavailable.add(new Unavailable(subject.name(), e.reason()));
      }
    }
    CampaignResult result = new Campaign(workload, runs, progress).run(contenders);
    progress.clear();
    return new Measured(result, Reports.of(result, environment, jvmOptions, unavailable));
  }
}
