// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.List;
import java.util.Optional;

/**
 * How many times as good as another: above one is better.
 *
 * @param value the ratio
 * @param interval where it lies
 */
public record Ratio(double value, Interval interval) {
  /**
   * How many times as fast, the median of the rounds; empty if there is none that has both.
   *
   * @param times by round, {@link Double#NaN} where a run gave no result
   * @param otherTimes of the other, of the same rounds
   */
  public static Optional<Ratio> of(double[] times, double[] otherTimes) {
    return Matchup.againstBest(times, List.of(otherTimes))
        .map(matchup -> Matchup.mean(List.of(matchup)));
  }
}
