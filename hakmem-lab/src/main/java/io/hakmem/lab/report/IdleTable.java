// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.lab.report.BenchReport.IdleReport;
import io.hakmem.lab.report.BenchReport.IdleSample;
import io.hakmem.lab.report.BenchReport.SubjectReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What stayed of a burst, one line a subject. */
final class IdleTable {
  private static final double MIB = 1 << 20;

  private IdleTable() {}

  /** The table with a line of what it shows; nothing if no subject has such figures. */
  static String format(List<SubjectReport> subjects) {
    List<SubjectReport> shown =
        subjects.stream().filter(subject -> subject.idle() != null).toList();
    if (shown.isEmpty()) {
      return "";
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(head(idle(shown.getFirst())));
    shown.forEach(subject -> rows.add(row(subject.subject(), idle(subject))));
    return "\ngrowth of the process's resident memory since before the burst, MiB\n"
        + TextTable.ofNumbers(rows)
        + "left: of the burst's growth, at the end; returned: of the requested bytes that were"
        + " freed\n";
  }

  private static List<String> head(IdleReport idle) {
    List<String> head = new ArrayList<>(List.of("subject", "burst"));
    for (IdleSample sample : idle.after()) {
      head.add(String.format(Locale.ROOT, "after %s s", seconds(sample.millis())));
    }
    head.addAll(List.of("left", "freed", "returned"));
    return head;
  }

  private static List<String> row(String name, IdleReport idle) {
    List<String> row = new ArrayList<>(List.of(name, mebibytes(idle.burstGrowthBytes())));
    idle.after().forEach(sample -> row.add(mebibytes(sample.growthBytes())));
    row.add(percent(idle.growthShare()));
    row.add(mebibytes(idle.freedBytes()));
    row.add(percent(idle.returnedShare()));
    return row;
  }

  private static IdleReport idle(SubjectReport subject) {
    return Objects.requireNonNull(subject.idle());
  }

  /** 0.1, 1, 5. */
  private static String seconds(int millis) {
    return millis % 1000 == 0 ? "" + millis / 1000 : "" + millis / 1000.0;
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / MIB);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
