// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** A suite as a page of Markdown, to be kept with the project. */
public final class SuiteMarkdown {
  private SuiteMarkdown() {}

  /** Writes the page. */
  public static void write(Path file, SuiteReport report) throws IOException {
    Files.writeString(file, page(report));
  }

  static String page(SuiteReport report) {
    SuiteTables tables = new SuiteTables(report);
    Problems problems = Problems.of(report);
    StringBuilder page = new StringBuilder("# Results\n\n");
    page.append(origin(report)).append('\n');
    report
        .faults()
        .forEach(fault -> page.append("**The suite fails: ").append(fault).append(".**\n\n"));
    page.append("## hakmem against the best native of each workload\n\n")
        .append(table(tables.workloads()))
        .append('\n')
        .append(SuiteTables.LEGEND_OF_WORKLOADS)
        .append(".\n\n## Geometric means\n\n")
        .append(table(tables.means()))
        .append('\n')
        .append(SuiteTables.LEGEND_OF_MEANS)
        .append(".\n\n")
        .append(tables.control())
        .append(".\n\n## Nanoseconds per operation, medians\n\n")
        .append(table(tables.nanos()));
    if (!problems.unavailable().isEmpty() || !problems.failed().isEmpty()) {
      page.append("\n## What is missing\n\n");
      problems.unavailable().forEach(it -> page.append("- ").append(escaped(it)).append('\n'));
      problems.failed().forEach(it -> page.append("- failed: ").append(escaped(it)).append('\n'));
    }
    return page.toString();
  }

  private static String origin(SuiteReport report) {
    EnvironmentReport environment = report.environment();
    return String.format(
        Locale.ROOT,
        """
        - command: `%s`, %d runs of each subject on each workload, each in a process of its own, interleaved
        - date: %s, %.0f minutes
        - machine: %s, %d cores, %s, JDK %s
        - commit: %s
        """,
        report.command(),
        report.runs(),
        report.date(),
        report.minutes(),
        environment.cpu(),
        environment.cores(),
        environment.kernel(),
        environment.jdk(),
        Objects.requireNonNullElse(environment.commit(), "unknown"));
  }

  private static String table(List<List<String>> rows) {
    String line = "|" + " --- |".repeat(rows.getFirst().size()) + "\n";
    return row(rows.getFirst())
        + line
        + rows.stream().skip(1).map(SuiteMarkdown::row).collect(Collectors.joining());
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> escaped(cell.strip()))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** What means something in Markdown, as it is. */
  private static String escaped(String text) {
    return text.replaceAll("([*~_|<>\\[\\]])", "\\\\$1");
  }
}
