// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.report.BenchReport.Unavailable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is missing in a suite, a line each.
 *
 * @param unavailable subjects that could not run, with the reason and where
 * @param failed runs and workloads that gave no result
 */
record Problems(List<String> unavailable, List<String> failed) {
  static Problems of(SuiteReport report) {
    Map<String, List<String>> unavailable = new LinkedHashMap<>();
    List<String> failed = new ArrayList<>();
    for (int i = 0; i < report.lines().size(); i++) {
      String label = report.lines().get(i).label();
      BenchReport workload = report.workloads().get(i);
      for (Unavailable it : workload.unavailable()) {
        unavailable
            .computeIfAbsent(it.subject() + ": " + it.reason(), reason -> new ArrayList<>())
            .add(label);
      }
      workload
          .failures()
          .forEach(it -> failed.add(it.subject() + " on " + label + ": " + it.error()));
    }
    report.failures().forEach(it -> failed.add(it.workload() + ": " + it.error()));
    List<String> lines = new ArrayList<>();
    unavailable.forEach((what, where) -> lines.add(what + where(where, report)));
    return new Problems(lines, failed);
  }

  private static String where(List<String> labels, SuiteReport report) {
    return labels.size() == report.lines().size() ? "" : " (" + String.join(", ", labels) + ")";
  }
}
