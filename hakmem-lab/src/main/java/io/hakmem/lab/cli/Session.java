// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.cli.Measurer.Measured;
import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.report.BenchText;
import io.hakmem.lab.report.GeometricMeans;
import io.hakmem.lab.run.Runs;
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
  private final PrintWriter out;
  private final Measurer measurer;
  private final List<BenchReport> reports = new ArrayList<>();

  /** Checks the options; wrong ones are bad usage. */
  Session(MeasureOptions options, boolean latency, PrintWriter out, PrintWriter err) {
    this.options = options;
    this.out = out;
    subjects = options.subjects();
    runs = Runs.ofBench(options.runs(), latency);
    options.json().check();
    measurer = new Measurer(options.jvmOptions(), new ProgressLine(err));
  }

  /** Runs the workload on every subject. */
  void measure(Workload workload) {
    Measured measured = measurer.measure(workload, subjects, runs);
    out.println(new BenchText(measured.result(), measured.report()).format());
    out.flush();
    reports.add(measured.report());
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
