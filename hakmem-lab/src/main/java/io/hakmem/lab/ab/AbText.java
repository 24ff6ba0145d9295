// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.ab.AbReport.Against;
import io.hakmem.lab.ab.AbReport.ArmReport;
import io.hakmem.lab.ab.AbReport.Counter;
import io.hakmem.lab.compare.Interval;
import io.hakmem.lab.compare.Paired;
import io.hakmem.lab.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A comparison for the terminal. */
public final class AbText {
  private static final String NONE = "-";

  private final AbReport report;

  private AbText(AbReport report) {
    this.report = report;
  }

  /** The whole text. */
  public static String of(AbReport report) {
    return new AbText(report).format();
  }

  private String format() {
    StringBuilder text = new StringBuilder();
    text.append(report.workload()).append(' ').append(String.join(" ", report.args()));
    if (report.threads() != null) {
      text.append(" --threads ").append(report.threads());
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%n%d of %d blocks, seed %d; each runs every arm twice, %s, and the baseline twice"
                + " more%n",
            report.blocks(),
            report.blocksAsked(),
            report.seed(),
            report.inProcess()
                ? "all in one process, whose RSS is that of all"
                : "one process each"));
    if (report.noiseFloorPercent() != null) {
      text.append(
          String.format(
              Locale.ROOT,
              "noise floor (A/A): %.2f %%; the baseline and its twin differed by %.2f %%, p ="
                  + " %.3f%n",
              report.noiseFloorPercent(),
              report.twinDifferencePercent(),
              report.twinProbability()));
    }
    if (!report.arms().isEmpty()) {
      text.append(TextTable.ofNumbers(figures())).append(TextTable.ofNumbers(counters()));
    }
    report.arms().forEach(arm -> text.append(conclusion(arm)));
    report
        .failures()
        .forEach(
            failure -> text.append("failed: " + failure.arm() + ": " + failure.error() + "\n"));
    return text.toString();
  }

  private List<List<String>> figures() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("arm", "Mops/s", "min", "max", "ns/op", "user", "kernel", "RSS MiB", "hits %"));
    for (ArmReport arm : report.arms()) {
      List<String> row = new ArrayList<>(List.of(arm.arm()));
      if (arm.opsPerSecond() == null) {
        row.addAll(List.of(NONE, NONE, NONE));
      } else {
        row.add(number(arm.opsPerSecond().median() / 1e6, 2));
        row.add(number(arm.opsPerSecond().min() / 1e6, 2));
        row.add(number(arm.opsPerSecond().max() / 1e6, 2));
      }
      row.add(number(arm.nsPerOp() == null ? null : arm.nsPerOp().median(), 2));
      row.add(number(arm.userNsPerOp(), 2));
      row.add(number(arm.kernelNsPerOp(), 2));
      row.add(number(arm.peakRssKiB() == null ? null : arm.peakRssKiB() / 1024, 1));
      row.add(number(arm.hitRatePercent(), 3));
      rows.add(row);
    }
    return rows;
  }

  private List<List<String>> counters() {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("in one pass"));
    report.arms().forEach(arm -> head.add(arm.arm()));
    rows.add(head);
    TreeSet<String> names = new TreeSet<>();
    report.arms().forEach(arm -> names.addAll(arm.counters().keySet()));
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(name));
      report.arms().forEach(arm -> row.add(counter(arm.counters().get(name))));
      rows.add(row);
    }
    return rows;
  }

  private static String counter(@Nullable Counter counter) {
    return counter == null ? NONE : (counter.exact() ? "" : "~") + counter.value();
  }

  private String conclusion(ArmReport arm) {
    Against against = arm.against();
    if (against == null) {
      return "";
    }
    String verdict =
        String.format(
            Locale.ROOT,
            "%s against %s: %s (by %s)",
            arm.arm(),
            report.arms().getFirst().arm(),
            against.verdict().words(),
            against.decidedBy());
    if (against.ratio() == null) {
      return verdict + "; no block is complete, the time is unknown\n";
    }
    Interval interval = against.interval();
    return verdict
        + String.format(
            Locale.ROOT,
            "; x %.3f (%s), p = %.4f, of all arms %.4f; %s%n",
            against.ratio(),
            interval == null
                ? "one block"
                : String.format(Locale.ROOT, "%.3f-%.3f, 99 %%", interval.low(), interval.high()),
            against.probability(),
            against.adjusted(),
            seen(against));
  }

  private String seen(Against against) {
    if (against.detectablePercent() == null) {
      return "so few blocks show nothing, --blocks "
          + Paired.leastBlocks(report.arms().size() - 1)
          + " may";
    }
    return String.format(
        Locale.ROOT, "would have seen %.1f %%, four times in five", against.detectablePercent());
  }

  private static String number(@Nullable Double value, int digits) {
    return value == null ? NONE : String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
