// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.compare.Interval;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.report.BenchReport.AgainstBest;
import io.hakmem.lab.report.BenchReport.SubjectReport;
import io.hakmem.lab.subject.SubjectCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tables of a suite as rows of text, the head first; the terminal and the page show them. */
final class SuiteTables {
  static final String LEGEND_OF_WORKLOADS =
      "x above 1: hakmem is faster, holds less; of time the median of the rounds; ~ no difference"
          + " shown: inside the noise floor, or the runs do not tell; floor: what two sets of runs"
          + " of hakmem may differ by; net: without the time of the bare loops; * its time is"
          + " mostly the allocator's";
  static final String LEGEND_OF_MEANS =
      "x above 1: the first is faster, holds less; in brackets of how many workloads; floor and ~"
          + " as above";

  private static final String ABSENT = "-";

  private final SuiteReport report;

  SuiteTables(SuiteReport report) {
    this.report = report;
  }

  /** hakmem against the best native, a row a workload. */
  List<List<String>> workloads() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "workload",
            "hakmem ns",
            "best native ns",
            "x (interval) ",
            "floor",
            "net x",
            "memory x",
            "best native"));
    for (int i = 0; i < report.lines().size(); i++) {
      rows.add(workload(i));
    }
    return rows;
  }

  private List<String> workload(int index) {
    SuiteReport.Line line = report.lines().get(index);
    Optional<SubjectReport> hakmem = subject(index, SubjectCatalog.HAKMEM);
    Optional<AgainstBest> best = hakmem.map(SubjectReport::againstBestNative);
    return List.of(
        line.label() + (line.allocatorBound() ? " *" : ""),
        nanos(hakmem),
        nanos(best.flatMap(it -> subject(index, it.subject()))),
        best.map(it -> ratio(it.ratio(), it.interval(), it.verdict())).orElse(ABSENT + " "),
        percent(report.workloads().get(index).noiseFloorPercent()),
        fixed(line.net()),
        fixed(line.memory()),
        best.map(AgainstBest::subject).orElse(ABSENT));
  }

  /** Medians of all subjects, a row a workload. */
  List<List<String>> nanos() {
    List<String> subjects =
        report.workloads().stream()
            .flatMap(workload -> workload.results().stream())
            .map(SubjectReport::subject)
            .distinct()
            .toList();
    List<List<String>> rows = new ArrayList<>();
    rows.add(Stream.concat(Stream.of("workload"), subjects.stream()).toList());
    for (int i = 0; i < report.lines().size(); i++) {
      int index = i;
      rows.add(
          Stream.concat(
                  Stream.of(report.lines().get(i).label()),
                  subjects.stream().map(subject -> nanos(subject(index, subject))))
              .toList());
    }
    return rows;
  }

  private Optional<SubjectReport> subject(int index, String name) {
    return report.workloads().get(index).results().stream()
        .filter(result -> result.subject().equals(name))
        .findFirst();
  }

  private static String nanos(Optional<SubjectReport> subject) {
    return fixed(subject.map(it -> it.nsPerOp().median()).orElse(null));
  }

  /** Geometric means, a row for each two that met. */
  List<List<String>> means() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "geometric means",
            "of",
            "time x (interval) ",
            "floor",
            "worst",
            "allocator-bound ",
            "net ",
            "memory",
            "worst"));
    for (Standing standing : report.standings()) {
      Standing.Memory memory = standing.memory();
      rows.add(
          List.of(
              standing.subject() + " : " + standing.opponent(),
              "" + standing.time().workloads(),
              withInterval(standing.time()),
              percent(standing.time().noiseFloorPercent()),
              fixed(standing.worstRatio()) + " " + standing.worst(),
              counted(standing.allocatorBound()),
              counted(standing.net()),
              memory == null ? ABSENT : counted(memory.ratio(), memory.workloads()),
              memory == null ? ABSENT : fixed(memory.worstRatio()) + " " + memory.worst()));
    }
    return rows;
  }

  /** Whether the planted subject was found, in words. */
  String control() {
    Control control = report.control();
    if (control == null) {
      return "control: the planted subject gave no result";
    }
    return String.format(
        Locale.ROOT,
        "control: %s takes %d %% longer; measured x %s, floor %s: %s%s",
        control.subject(),
        control.percent(),
        withInterval(control.score()).strip(),
        percent(control.score().noiseFloorPercent()),
        control.found() ? "found" : "NOT FOUND",
        report.runs() < Verdict.LEAST_RUNS
            ? ""
            : ", in " + control.foundIn() + " of " + control.score().workloads() + " by itself");
  }

  private static String withInterval(Score score) {
    return ratio(score.ratio(), score.interval(), score.verdict());
  }

  private static String ratio(double ratio, Interval interval, Verdict verdict) {
    return String.format(
        Locale.ROOT, "%.2f (%.2f-%.2f)%s", ratio, interval.low(), interval.high(), mark(verdict));
  }

  private static String mark(Verdict verdict) {
    return verdict == Verdict.NO_DIFFERENCE_SHOWN ? "~" : " ";
  }

  private static String counted(@Nullable Score score) {
    return score == null
        ? ABSENT + " "
        : counted(score.ratio(), score.workloads()) + mark(score.verdict());
  }

  private static String counted(double ratio, int workloads) {
    return fixed(ratio) + " [" + workloads + "]";
  }

  private static String percent(@Nullable Double value) {
    return value == null ? ABSENT : String.format(Locale.ROOT, "%.1f %%", value);
  }

  private static String fixed(@Nullable Double value) {
    return value == null ? ABSENT : String.format(Locale.ROOT, "%.2f", value);
  }
}
