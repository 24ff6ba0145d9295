// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import org.apache.commons.statistics.inference.MannWhitneyUTest;

/** Whether one subject is faster than another, or whether the runs do not show it. */
public enum Verdict {
  FASTER,
  SLOWER,
  NO_DIFFERENCE_SHOWN;

  /*
   * Three conditions, because each alone is fooled: the rounds must differ by more than two sets
   * of runs of the same program may; the interval of their ratio must exclude one; and runs of the
   * one must lie apart from runs of the other. The first knows one program only, the second is too
   * sure of itself when runs are few, the third calls the smallest difference one if there are many.
   */

  /** Probability, below which it is not chance that the runs lie apart. */
  public static final double SIGNIFICANCE = 0.05;

  /** Of fewer runs each no two sets lie far enough apart: of three the least probability is 0.1. */
  public static final int LEAST_RUNS = 4;

  /**
   * Judges by the times of the subject and of what it is compared with, by round; {@link
   * Double#NaN} where a run gave no result.
   */
  public static Verdict of(double[] times, double[] otherTimes, NoiseFloor floor) {
    double[] known = Rounds.known(times);
    double[] othersKnown = Rounds.known(otherTimes);
    if (MannWhitneyUTest.withDefaults().test(known, othersKnown).getPValue() >= SIGNIFICANCE) {
      return NO_DIFFERENCE_SHOWN;
    }
    return Ratio.of(times, otherTimes).map(ratio -> of(ratio, floor)).orElse(NO_DIFFERENCE_SHOWN);
  }

  /** Judges by a ratio with its interval; of a mean over workloads, which has runs enough. */
  public static Verdict of(Ratio ratio, NoiseFloor floor) {
    if (floor.covers(ratio.value()) || ratio.interval().contains(1)) {
      return NO_DIFFERENCE_SHOWN;
    }
    return ratio.value() > 1 ? FASTER : SLOWER;
  }
}
