// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.ab.AbReport.Judgement;
import io.hakmem.lab.ab.AbRuns.Counted;
import io.hakmem.lab.subject.HakmemCounters;
import java.util.EnumSet;
import java.util.Set;

/** Judges by what two runs of the same operations counted alike: there is no noise in it. */
final class CounterJudge {
  /** Of each of these, fewer are better; so they are of system calls. */
  private static final Set<String> COSTS =
      Set.of(
          HakmemCounters.MISSES,
          HakmemCounters.REFILLS,
          HakmemCounters.DRAINS,
          HakmemCounters.REFAULTS);

  /** A smaller change is true, but no reason to prefer anything. */
  private static final double LEAST_CHANGE = 0.01;

  private CounterJudge() {}

  /** Better if some cost is less and none more; worse the other way round. */
  static Judgement judge(Counted baseline, Counted arm) {
    Set<Judgement> all = EnumSet.noneOf(Judgement.class);
    for (String name : arm.values().keySet()) {
      if (COSTS.contains(name) || name.startsWith(AbRuns.OS_CALL)) {
        all.add(judge(name, baseline, arm));
      }
    }
    all.remove(Judgement.NO_DIFFERENCE_SHOWN);
    return all.size() == 1 ? all.iterator().next() : Judgement.NO_DIFFERENCE_SHOWN;
  }

  private static Judgement judge(String name, Counted baseline, Counted arm) {
    if (!baseline.isExact(name) || !arm.isExact(name)) {
      return Judgement.NO_DIFFERENCE_SHOWN;
    }
    long before = baseline.values().getOrDefault(name, 0L);
    long after = arm.values().getOrDefault(name, 0L);
    if (Math.abs(after - before) <= LEAST_CHANGE * Math.max(before, after)) {
      return Judgement.NO_DIFFERENCE_SHOWN;
    }
    return after < before ? Judgement.BETTER : Judgement.WORSE;
  }
}
