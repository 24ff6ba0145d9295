// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.List;

/**
 * How many times as good as another: above one is better.
 *
 * @param value of the medians
 * @param interval where it lies
 */
public record Ratio(double value, Interval interval) {
  /** How many times as fast, by the times of the runs. */
  public static Ratio of(double[] times, double[] otherTimes) {
    return new Ratio(
        speed(times, otherTimes),
        Bootstrap.of(List.of(times, otherTimes), sets -> speed(sets.get(0), sets.get(1))));
  }

  private static double speed(double[] times, double[] otherTimes) {
    return Summary.of(otherTimes).median() / Summary.of(times).median();
  }
}
