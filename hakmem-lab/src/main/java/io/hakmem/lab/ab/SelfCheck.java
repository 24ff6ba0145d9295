// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.compare.NoiseFloor;
import io.hakmem.lab.compare.Paired;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.run.Campaign.Progress;
import io.hakmem.lab.subject.JvmSubjectSpec;
import io.hakmem.lab.subject.SubjectCatalog;
import java.util.ArrayList;
import java.util.List;

/** Whether comparisons find a slowdown that is there, and none where there is none. */
public final class SelfCheck {
  /**
   * What came of it.
   *
   * @param planted comparisons with a slowdown planted
   * @param found of them
   * @param alike comparisons of the same with the same
   * @param alarms of them
   * @param ratios how many times as fast the planted one was
   * @param failures of runs
   */
  public record Outcome(
      int planted,
      int found,
      int alike,
      int alarms,
      List<Double> ratios,
      List<AbRuns.Failure> failures) {
    /** Every one found, at most one alarm in twenty. */
    public boolean passed() {
      return planted > 0
          && found == planted
          && alarms * ALIKE_FOR_AN_ALARM <= Math.max(alike, ALIKE_FOR_AN_ALARM)
          && failures.isEmpty();
    }
  }

  private static final int ALIKE_FOR_AN_ALARM = 20;

  private static final Arm PLAIN = new Arm("plain", List.of(), List.of());
  private static final Arm PLANTED =
      new Arm(
          "planted",
          List.of("-D" + JvmSubjectSpec.BURN_PERCENT + "=" + SubjectCatalog.PLANTED_PERCENT),
          List.of());

  private final AbPlan plan;
  private final AbCampaign.Runner runner;
  private final Progress progress;

  /** A check by comparisons of that plan. */
  public SelfCheck(AbPlan plan, AbCampaign.Runner runner, Progress progress) {
    this.plan = plan;
    this.runner = runner;
    this.progress = progress;
  }

  /** Compares as often: every time a baseline with its twin, every second time with the planted. */
  public Outcome run(int rounds) {
    int planted = 0;
    int found = 0;
    int alike = 0;
    int alarms = 0;
    List<Double> ratios = new ArrayList<>();
    List<AbRuns.Failure> failures = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      AbPlan ofRound = new AbPlan(plan.blocks(), plan.millis(), plan.seed() + round);
      List<Arm> arms = round % 2 == 0 ? List.of(PLAIN, PLANTED) : List.of(PLAIN);
      AbRuns runs = new AbCampaign(ofRound, runner, progress, soFar -> {}).run(arms);
      failures.addAll(runs.failures());
      if (runs.blocks().isEmpty()) {
        continue;
      }
      Paired twins = Paired.of(runs.twinLogRatios());
      alike++;
      // No floor: it is made of these very blocks and would hide every alarm.
      alarms +=
          twins.verdict(twins.probability(), NoiseFloor.NONE) == Verdict.NO_DIFFERENCE_SHOWN
              ? 0
              : 1;
      if (runs.arms().size() > 1) {
        Paired effect = Paired.of(runs.logRatios(1));
        NoiseFloor floor = NoiseFloor.ofBlocks(runs.twinLogRatios());
        planted++;
        found += effect.verdict(effect.probability(), floor) == Verdict.SLOWER ? 1 : 0;
        ratios.add(effect.ratio().value());
      }
    }
    return new Outcome(planted, found, alike, alarms, ratios, failures);
  }
}
