// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.ab.AbReport.Against;
import io.hakmem.lab.ab.AbReport.ArmReport;
import io.hakmem.lab.ab.AbRuns;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.seed.SeedReport.Conclusion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Whether a default should change, by a rule that is said with the answer. */
final class Defaults {
  static final String RULE =
      "a setting becomes the default if it is faster on some workload and slower on none, its"
          + " resident memory is nowhere more than 5 % above, and nowhere are more calls of the"
          + " system counted exactly";

  private static final double MORE_MEMORY = 1.05;

  private Defaults() {}

  /**
   * The conclusion of a step.
   *
   * @param complete whether all its comparisons have all their blocks
   */
  static Conclusion of(String step, List<AbReport> comparisons, boolean complete) {
    if (comparisons.isEmpty()) {
      return new Conclusion(step, "nothing is measured, so the defaults stand", RULE);
    }
    Set<String> arms = new LinkedHashSet<>();
    comparisons.forEach(it -> it.arms().stream().skip(1).forEach(arm -> arms.add(arm.arm())));
    List<String> notes = new ArrayList<>();
    List<String> winners = new ArrayList<>();
    for (String arm : arms) {
      List<String> faster = where(comparisons, arm, Verdict.FASTER);
      List<String> slower = where(comparisons, arm, Verdict.SLOWER);
      boolean dearer = costsMore(comparisons, arm);
      if (!faster.isEmpty() && slower.isEmpty() && !dearer) {
        winners.add(arm);
      }
      note(notes, arm, "faster", faster);
      note(notes, arm, "slower", slower);
    }
    String said =
        notes.isEmpty()
            ? "no setting is shown to be faster or slower anywhere"
            : String.join("; ", notes);
    String verdict =
        winners.isEmpty() ? "the defaults stand" : "to be set: " + String.join(" or ", winners);
    return new Conclusion(
        step, verdict + ": " + said + (complete ? "" : " (not all blocks were run)"), RULE);
  }

  private static void note(List<String> notes, String arm, String what, List<String> where) {
    if (!where.isEmpty()) {
      notes.add(arm + " is " + what + " on " + String.join(" and ", where));
    }
  }

  private static List<String> where(List<AbReport> comparisons, String arm, Verdict verdict) {
    return comparisons.stream()
        .filter(it -> has(it, arm, report -> verdict == time(report)))
        .map(Defaults::workload)
        .toList();
  }

  private static Verdict time(ArmReport arm) {
    Against against = arm.against();
    return against == null ? Verdict.NO_DIFFERENCE_SHOWN : against.time();
  }

  private static boolean costsMore(List<AbReport> comparisons, String arm) {
    return comparisons.stream()
        .anyMatch(it -> has(it, arm, report -> holdsMore(it, report) || callsMore(it, report)));
  }

  private static boolean has(AbReport comparison, String arm, Predicate<ArmReport> which) {
    return comparison.arms().stream().filter(it -> it.arm().equals(arm)).anyMatch(which);
  }

  private static boolean holdsMore(AbReport comparison, ArmReport arm) {
    Double ours = arm.peakRssKiB();
    Double baseline = comparison.arms().getFirst().peakRssKiB();
    return ours != null && baseline != null && ours > MORE_MEMORY * baseline;
  }

  private static boolean callsMore(AbReport comparison, ArmReport arm) {
    return arm.counters().entrySet().stream()
        .filter(it -> it.getKey().startsWith(AbRuns.OS_CALL) && it.getValue().exact())
        .anyMatch(
            it -> {
              AbReport.Counter base = comparison.arms().getFirst().counters().get(it.getKey());
              return base != null && base.exact() && it.getValue().value() > base.value();
            });
  }

  static String workload(AbReport comparison) {
    return (comparison.workload() + " " + String.join(" ", comparison.args())).strip();
  }
}
