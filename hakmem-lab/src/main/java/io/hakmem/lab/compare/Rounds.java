// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Times of programs that took turns: the runs of one round share the weather of the machine, so
 * programs are compared round by round. Times are by round; {@link Double#NaN} where a run gave no
 * result.
 */
final class Rounds {
  /*
   * A processor of a virtual machine may take twice as long to fetch a line from the other one for
   * half a minute, and then not. The median of the one's rounds may then be from such a spell and
   * that of the other's not; the ratio within a round is hardly touched by it. Where nothing like
   * that happens the median of the rounds' ratios is as sure as the ratio of the medians.
   */

  private Rounds() {}

  /** The same times in the rounds in which all of them gave a result. */
  static List<double[]> common(List<double[]> times) {
    int rounds = times.stream().mapToInt(each -> each.length).min().orElse(0);
    int[] common =
        IntStream.range(0, rounds)
            .filter(round -> times.stream().noneMatch(each -> Double.isNaN(each[round])))
            .toArray();
    return times.stream().map(each -> at(each, common)).toList();
  }

  /** The values at these positions. */
  static double[] at(double[] values, int[] positions) {
    return IntStream.of(positions).mapToDouble(position -> values[position]).toArray();
  }

  /** Those that gave a result. */
  static double[] known(double[] times) {
    return DoubleStream.of(times).filter(time -> !Double.isNaN(time)).toArray();
  }

  /**
   * Logarithms of how many times as fast a program is as the other, of each round that has both.
   */
  static double[] logRatios(double[] times, double[] otherTimes) {
    List<double[]> common = common(List.of(times, otherTimes));
    return IntStream.range(0, common.get(0).length)
        .mapToDouble(round -> Math.log(common.get(1)[round] / common.get(0)[round]))
        .toArray();
  }

  static double median(double[] values) {
    return Summary.of(values).median();
  }
}
