// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hakmem.lab.report.BenchReport.SubjectReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.GeometricMean;
import org.jspecify.annotations.Nullable;

/** Several workloads in one figure a subject, for subjects that gave results in all of them. */
public final class GeometricMeans {
  /**
   * One subject.
   *
   * @param subject name
   * @param nsPerOp of the medians
   * @param committedPerLive of the memory held at peak live to the bytes requested; absent where
   *     one of the workloads does not tell
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Mean(String subject, double nsPerOp, @Nullable Double committedPerLive) {}

  private GeometricMeans() {}

  /** The means over all reports, of which there is at least one. */
  public static List<Mean> of(List<BenchReport> reports) {
    return reports.getFirst().results().stream()
        .map(subject -> inAll(reports, subject.subject()))
        .filter(results -> results.size() == reports.size())
        .map(GeometricMeans::mean)
        .toList();
  }

  /** A line a subject. */
  public static String format(List<BenchReport> reports) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("subject", "ns/op", "comm/live"));
    for (Mean mean : of(reports)) {
      Double memory = mean.committedPerLive();
      rows.add(
          List.of(
              mean.subject(),
              String.format(Locale.ROOT, "%.2f", mean.nsPerOp()),
              memory == null ? "-" : String.format(Locale.ROOT, "%.3f", memory)));
    }
    return "geometric means of "
        + reports.size()
        + " workloads, subjects with results in all of them\n"
        + TextTable.ofNumbers(rows);
  }

  private static List<SubjectReport> inAll(List<BenchReport> reports, String subject) {
    return reports.stream()
        .flatMap(report -> report.results().stream())
        .filter(result -> result.subject().equals(subject))
        .toList();
  }

  private static Mean mean(List<SubjectReport> results) {
    boolean allTell = results.stream().allMatch(result -> committedPerLive(result).isPresent());
    return new Mean(
        results.getFirst().subject(),
        mean(results, result -> result.nsPerOp().median()),
        allTell ? mean(results, result -> committedPerLive(result).orElseThrow()) : null);
  }

  private static double mean(List<SubjectReport> results, ToDoubleFunction<SubjectReport> value) {
    return GeometricMean.of(results.stream().mapToDouble(value).toArray()).getAsDouble();
  }

  /** Memory held at peak live, as a multiple of the bytes requested. */
  static Optional<Double> committedPerLive(SubjectReport subject) {
    Long committed = subject.peakCommittedBytes();
    Long live = subject.peakLiveBytes();
    return committed == null || live == null || live == 0
        ? Optional.empty()
        : Optional.of((double) committed / live);
  }
}
