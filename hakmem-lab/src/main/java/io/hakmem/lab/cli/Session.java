// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.report.BenchReport.Unavailable;
import io.hakmem.lab.report.BenchText;
import io.hakmem.lab.report.GeometricMeans;
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
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Measures workloads one after the other, printing each as it is done. */
final class Session {
  private final MeasureOptions options;
  private final List<SubjectSpec> subjects;
  private final Runs runs;
  private final JvmOptions jvmOptions;
  private final PrintWriter out;
  private final ProgressLine progress;
  private final Machine machine;
  private final Environment environment = Environment.current();
  private final List<BenchReport> reports = new ArrayList<>();

  /** Checks the options; wrong ones are bad usage. */
  Session(MeasureOptions options, boolean latency, PrintWriter out, PrintWriter err) {
    this.options = options;
    this.out = out;
    progress = new ProgressLine(err);
    subjects = options.subjects();
    runs = Runs.ofBench(options.runs(), latency);
    jvmOptions = options.jvmOptions();
    options.json().check();
    machine = new Machine(jvmOptions);
  }

  /** Runs the workload on every subject. */
  void measure(Workload workload) {
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
    BenchReport report = Reports.of(result, environment, jvmOptions, unavailable);
    out.println(new BenchText(result, report).format());
    out.flush();
    reports.add(report);
  }

  /**
   * Prints the means of several workloads and writes the JSON; the exit status says whether every
   * run gave a result.
   */
  int finish() throws IOException {
    if (reports.size() > 1) {
      out.println(GeometricMeans.format(reports));
      out.flush();
    }
    options.json().write(reports);
    boolean complete = reports.stream().allMatch(report -> report.failures().isEmpty());
    return complete ? Main.OK : Main.FAILED;
  }
}
