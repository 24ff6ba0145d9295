// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.report.TextTable;

/** The terminal's view of a suite. */
public final class SuiteText {
  private SuiteText() {}

  /** The whole text. */
  public static String of(SuiteReport report) {
    SuiteTables tables = new SuiteTables(report);
    Problems problems = Problems.of(report);
    StringBuilder text = new StringBuilder();
    text.append(TextTable.ofNumbers(tables.workloads()))
        .append(SuiteTables.LEGEND_OF_WORKLOADS.replace("; ", "\n"))
        .append("\n\n")
        .append(TextTable.ofNumbers(tables.means()))
        .append(SuiteTables.LEGEND_OF_MEANS)
        .append("\n\n")
        .append(tables.control())
        .append('\n');
    problems.unavailable().forEach(it -> text.append("unavailable: ").append(it).append('\n'));
    problems.failed().forEach(it -> text.append("failed: ").append(it).append('\n'));
    return text.toString();
  }
}
