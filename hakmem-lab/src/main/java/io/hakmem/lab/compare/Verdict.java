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
   * Two conditions, because each alone is fooled: the medians must differ by more than two sets of
   * runs of the same program did, and runs of the one must lie apart from runs of the other. The
   * first is a single draw and may be small by luck; the second knows nothing of what two sets of
   * processes differ by without a reason.
   */

  /** Probability, below which it is not chance that the runs lie apart. */
  public static final double SIGNIFICANCE = 0.05;

  /** Of fewer runs each no two sets lie far enough apart: of three the least probability is 0.1. */
  public static final int LEAST_RUNS = 4;

  /**
   * Judges by the times of the runs.
   *
   * @param times of the subject
   * @param otherTimes of what it is compared with
   * @param noiseFloor relative difference that the same program shows against itself
   */
  public static Verdict of(double[] times, double[] otherTimes, double noiseFloor) {
    double ratio = Summary.of(times).median() / Summary.of(otherTimes).median();
    boolean insideFloor = difference(ratio) <= noiseFloor;
    if (insideFloor
        || MannWhitneyUTest.withDefaults().test(times, otherTimes).getPValue() >= SIGNIFICANCE) {
      return NO_DIFFERENCE_SHOWN;
    }
    return ratio < 1 ? FASTER : SLOWER;
  }

  /** What the medians of two sets of runs of one program differ by, relative to the smaller. */
  public static double noiseFloor(double[] times, double[] twinTimes) {
    return difference(Summary.of(times).median() / Summary.of(twinTimes).median());
  }

  /** 0.05 for a ratio of 1.05 as well as for 1 / 1.05. */
  private static double difference(double ratio) {
    return Math.max(ratio, 1 / ratio) - 1;
  }
}
