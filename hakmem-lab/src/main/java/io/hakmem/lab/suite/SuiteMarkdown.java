// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.report.BenchReport.AgainstBest;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.report.BenchReport.SubjectReport;
import io.hakmem.lab.report.MarkdownTable;
import io.hakmem.lab.subject.SubjectCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** A suite as a page of Markdown, to be kept with the project. */
public final class SuiteMarkdown {
  private static final Optional<Double> NONE = Optional.empty();

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
        .append(MarkdownTable.of(tables.workloads()))
        .append('\n')
        .append(SuiteTables.LEGEND_OF_WORKLOADS)
        .append(".\n\n")
        .append(chart(report))
        .append("## Geometric means\n\n")
        .append(MarkdownTable.of(tables.means()))
        .append('\n')
        .append(SuiteTables.LEGEND_OF_MEANS)
        .append(".\n\n")
        .append(tables.control())
        .append(".\n\n## Nanoseconds per operation, medians\n\n")
        .append(MarkdownTable.of(tables.nanos()));
    if (!problems.unavailable().isEmpty() || !problems.failed().isEmpty()) {
      page.append("\n## What is missing\n\n");
      problems
          .unavailable()
          .forEach(it -> page.append("- ").append(MarkdownTable.escaped(it)).append('\n'));
      problems
          .failed()
          .forEach(it -> page.append("- failed: ").append(MarkdownTable.escaped(it)).append('\n'));
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

  /** The ratios to the best native of the allocator-bound workloads, drawn by whoever shows it. */
  private static String chart(SuiteReport report) {
    List<String> labels = new ArrayList<>();
    List<String> ratios = new ArrayList<>();
    for (int i = 0; i < report.lines().size(); i++) {
      Optional<Double> ratio = report.lines().get(i).allocatorBound() ? ratio(report, i) : NONE;
      if (ratio.isPresent()) {
        labels.add('"' + report.lines().get(i).label() + '"');
        ratios.add(String.format(Locale.ROOT, "%.2f", ratio.get()));
      }
    }
    if (labels.isEmpty()) {
      return "";
    }
    return String.format(
        """
        ```mermaid
        xychart-beta horizontal
            title "Time of the best native, as a multiple of hakmem's"
            x-axis [%s]
            y-axis "above 1: hakmem is faster" 0 --> %.1f
            bar [%s]
            line [%s]
        ```

        """,
        String.join(", ", labels),
        Math.max(1.2, ratios.stream().mapToDouble(Double::parseDouble).max().orElse(0)),
        String.join(", ", ratios),
        String.join(", ", Collections.nCopies(ratios.size(), "1")));
  }

  private static Optional<Double> ratio(SuiteReport report, int index) {
    return report.workloads().get(index).results().stream()
        .filter(result -> result.subject().equals(SubjectCatalog.HAKMEM))
        .map(SubjectReport::againstBestNative)
        .filter(Objects::nonNull)
        .map(AgainstBest::ratio)
        .findFirst();
  }
}
