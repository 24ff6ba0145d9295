// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.lab.compare.Ratio;
import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.report.BenchReport.SubjectReport;
import io.hakmem.lab.run.SubjectSamples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One line a subject, all figures beside each other. */
final class BenchTable {
  /** Behind a ratio that does not show a difference. */
  static final String NO_DIFFERENCE = "~";

  private static final List<String> HEAD =
      List.of(
          "subject",
          "ns/op (min-max)",
          "M ops/s",
          "x glibc ",
          "x best ",
          "net ns",
          "cold M/s",
          "init ms",
          "RSS MiB",
          "comm/live",
          "heap B/op",
          "faults",
          "OS calls",
          "refault %");
  private static final String REFUSED = "refused"; // calls that are counted by their kind as well
  private static final String ABSENT = "-";

  private final Comparison comparison;

  BenchTable(Comparison comparison) {
    this.comparison = comparison;
  }

  String format(List<SubjectReport> subjects) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    for (SubjectReport subject : subjects) {
      rows.add(row(subject, comparison.measured(subject.subject()).orElseThrow()));
    }
    return TextTable.ofNumbers(rows);
  }

  private List<String> row(SubjectReport subject, SubjectSamples samples) {
    Summary nanos = subject.nsPerOp();
    Long rssKiB = subject.peakRssKiB();
    return List.of(
        subject.subject(),
        fixed(nanos.median(), 2) + " (" + fixed(nanos.min(), 2) + "-" + fixed(nanos.max(), 2) + ")",
        millions(subject.opsPerSecond().median()),
        ratio(samples, comparison.glibc()),
        ratio(samples, comparison.bestNative(samples)),
        net(samples),
        millions(subject.coldOpsPerSecond()),
        fixed(subject.initMillis(), 2),
        fixed(rssKiB == null ? null : rssKiB / 1024.0, 1),
        fixed(GeometricMeans.committedPerLive(subject).orElse(null), 3),
        fixed(subject.heapBytesPerOp(), 4),
        fixed(subject.pageFaults().minor() + subject.pageFaults().major(), 0),
        osCalls(subject),
        percent(subject.refaultsPerOp()));
  }

  private String ratio(SubjectSamples samples, Optional<SubjectSamples> other) {
    return other
        .filter(base -> !samples.spec().isNull())
        .flatMap(base -> Comparison.ratio(samples, base).map(ratio -> ratio(samples, base, ratio)))
        .orElse(ABSENT + " ");
  }

  private String ratio(SubjectSamples samples, SubjectSamples base, Ratio ratio) {
    boolean marked =
        samples != base && comparison.verdict(samples, base) == Verdict.NO_DIFFERENCE_SHOWN;
    return fixed(ratio.value(), 2) + (marked ? NO_DIFFERENCE : " ");
  }

  /** Less the loop of the same language, in nanoseconds. */
  private String net(SubjectSamples samples) {
    return comparison
        .loop(samples)
        .filter(loop -> loop != samples)
        .map(loop -> fixed(Comparison.medianNanos(samples) - Comparison.medianNanos(loop), 2))
        .orElse(ABSENT);
  }

  private static String osCalls(SubjectReport subject) {
    return subject.osCalls().isEmpty()
        ? ABSENT
        : fixed(
            subject.osCalls().entrySet().stream()
                .filter(kind -> !kind.getKey().equals(REFUSED))
                .mapToDouble(Map.Entry::getValue)
                .sum(),
            0);
  }

  private static String percent(@Nullable Double share) {
    return share == null ? ABSENT : fixed(100 * share, 4);
  }

  private static String millions(@Nullable Double value) {
    return value == null ? ABSENT : fixed(value / 1e6, 1);
  }

  private static String fixed(@Nullable Double value, int decimals) {
    return value == null ? ABSENT : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
