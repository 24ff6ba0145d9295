// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.lab.compare.Bootstrap;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.report.BenchReport.AgainstBest;
import io.hakmem.lab.run.CampaignResult;
import io.hakmem.lab.run.SubjectSamples;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.workload.RandomMixed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The terminal's view of one workload: table, noise floor, what follows, what is missing. */
public final class BenchText {
  private final CampaignResult result;
  private final BenchReport report;
  private final Comparison comparison;

  /** A view of the samples and of the report made of them. */
  public BenchText(CampaignResult result, BenchReport report) {
    this.result = result;
    this.report = report;
    comparison = new Comparison(result);
  }

  /** The whole text. */
  public String format() {
    StringBuilder text = new StringBuilder();
    text.append(report.workload()).append(' ').append(String.join(" ", report.args()));
    if (report.threads() != null) {
      text.append(" --threads ").append(report.threads());
    }
    text.append('\n');
    if (!report.results().isEmpty()) {
      text.append(new BenchTable(comparison).format(report.results()));
      text.append(noiseFloor()).append(collections()).append(conclusions());
      text.append(LatencyTable.format(result, report.results()));
      text.append(IdleTable.format(report.results()));
    }
    if (report.workload().equals(RandomMixed.NAME)) {
      comparison.measured().forEach(samples -> text.append(originalLine(samples)));
    }
    report
        .unavailable()
        .forEach(it -> text.append(problem("unavailable", it.subject(), it.reason())));
    report.failures().forEach(it -> text.append(problem("failed", it.subject(), it.error())));
    return text.toString();
  }

  private String noiseFloor() {
    return comparison
        .noiseFloor()
        .map(
            floor ->
                String.format(
                    Locale.ROOT,
                    "x: median of the rounds%nnoise floor %.2f %%: two sets of runs of %s may"
                        + " differ by it, these did by %.2f %%%n%s no difference shown: inside the"
                        + " floor, or the %.0f %% interval holds 1, or p >= %.2f (Mann-Whitney,"
                        + " needs %d runs)%n",
                    100 * floor.difference(),
                    result.twin().orElseThrow().spec().name(),
                    100 * floor.measured(),
                    BenchTable.NO_DIFFERENCE,
                    100 * Bootstrap.CONFIDENCE,
                    Verdict.SIGNIFICANCE,
                    Verdict.LEAST_RUNS))
        .orElse("noise floor unknown: the second set of runs gave no result\n");
  }

  private String collections() {
    Integer collections = report.environment().collections();
    return collections == null
        ? ""
        : "full garbage collections of the JVM subjects before the timed pass: "
            + collections
            + "; native subjects have none\n";
  }

  /** hakmem against the best native, in words. */
  private String conclusions() {
    StringBuilder text = new StringBuilder();
    report.results().stream()
        .filter(result -> result.subject().startsWith(SubjectCatalog.HAKMEM))
        .forEach(result -> text.append(conclusion(result.subject(), result.againstBestNative())));
    return text.toString();
  }

  private static String conclusion(String subject, @Nullable AgainstBest best) {
    if (best == null) {
      return "";
    }
    String verdict =
        switch (best.verdict()) {
          case FASTER -> "faster";
          case SLOWER -> "slower";
          case NO_DIFFERENCE_SHOWN -> "no difference shown";
        };
    return String.format(
        Locale.ROOT,
        "%s against %s, the best native: x %.2f (%.2f-%.2f), %s%n",
        subject,
        best.subject(),
        best.ratio(),
        best.interval().low(),
        best.interval().high(),
        verdict);
  }

  /** What the original's benchmark printed, for the median run. */
  private String originalLine(SubjectSamples samples) {
    List<Timed> sorted = new ArrayList<>(samples.timed());
    sorted.sort(Comparator.comparingDouble(Timed::nanosPerOperation));
    Timed median = sorted.get((sorted.size() - 1) / 2);
    return String.format(
        Locale.ROOT,
        "Throughput = %9.0f ops/s [iter=%s ws=%s] time=%.3fs  %s%n",
        median.operationsPerSecond(),
        report.args().get(0),
        report.args().get(1),
        median.nanos() / 1e9,
        samples.spec().name());
  }

  private static String problem(String kind, String subject, String reason) {
    return kind + ": " + subject + ": " + reason + "\n";
  }
}
