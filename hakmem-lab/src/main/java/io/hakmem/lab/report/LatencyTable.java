// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.lab.compare.NoiseFloor;
import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.report.BenchReport.SubjectReport;
import io.hakmem.lab.run.CampaignResult;
import io.hakmem.lab.run.SubjectSamples;
import io.hakmem.lab.run.SubjectSamples.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** How long calls took, one line a subject. */
final class LatencyTable {
  private static final List<String> HEAD =
      List.of(
          "subject",
          "allocate p50",
          "p99",
          "p99.99 (min-max)",
          "max",
          "free p50",
          "p99",
          "p99.99 (min-max)",
          "max",
          "clock",
          "its p99.99");

  private LatencyTable() {}

  /** The table and its noise floor; nothing if no subject has such figures. */
  static String format(CampaignResult result, List<SubjectReport> subjects) {
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    for (SubjectReport subject : subjects) {
      if (subject.latency() != null) {
        rows.add(row(subject.subject(), subject.latency()));
      }
    }
    if (rows.size() == 1) {
      return "";
    }
    return "\nlatency of single calls, ns less the clock's own cost, medians over the runs\n"
        + TextTable.ofNumbers(rows)
        + noiseFloor(result);
  }

  private static List<String> row(String name, LatencyReport latency) {
    List<String> row = new ArrayList<>(List.of(name));
    for (LatencyReport.Calls calls : List.of(latency.allocate(), latency.free())) {
      row.add(whole(calls.p50().median()));
      row.add(whole(calls.p99().median()));
      row.add(withRange(calls.p9999()));
      row.add(whole(calls.max().median()));
    }
    row.add(whole(latency.clockNanos()));
    row.add(whole(latency.clockP9999()));
    return row;
  }

  private static String noiseFloor(CampaignResult result) {
    Optional<SubjectSamples> twin = result.twin().filter(samples -> !samples.latencies().isEmpty());
    Optional<SubjectSamples> first =
        twin.flatMap(
            other ->
                result.subjects().stream()
                    .filter(samples -> samples.spec().equals(other.spec()))
                    .filter(samples -> !samples.latencies().isEmpty())
                    .findFirst());
    if (first.isEmpty()) {
      return "noise floor unknown: the second set of runs gave no result\n";
    }
    return String.format(
        Locale.ROOT,
        "noise floor of p99.99: allocate %.0f %%, free %.0f %% (%s run as two subjects)%n",
        percent(first.get(), twin.get(), Latency::allocate),
        percent(first.get(), twin.get(), Latency::free),
        first.get().spec().name());
  }

  private static double percent(
      SubjectSamples samples, SubjectSamples twin, Function<Latency, Histogram> calls) {
    NoiseFloor floor =
        NoiseFloor.of(
                LatencyReport.p9999(samples.latencies(), calls),
                LatencyReport.p9999(twin.latencies(), calls))
            .orElseThrow(); // both have a first round
    return 100 * floor.difference();
  }

  private static String withRange(Summary summary) {
    return whole(summary.median()) + " (" + whole(summary.min()) + "-" + whole(summary.max()) + ")";
  }

  private static String whole(double nanos) {
    return String.format(Locale.ROOT, "%.0f", nanos);
  }
}
