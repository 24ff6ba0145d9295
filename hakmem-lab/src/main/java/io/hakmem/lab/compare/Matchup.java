// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.GeometricMean;

/**
 * Two rivals on one workload: a ratio made of several sets of runs, above one if ours is better.
 * Times are by round, {@link Double#NaN} where a run gave no result; only rounds count in which all
 * that take part gave one, and without such a round there is no matchup.
 */
public final class Matchup {
  /*
   * A mean over workloads is resampled as a whole: the rounds of each workload are drawn anew and
   * the mean computed of what was drawn; which of several others is the fastest is found out anew
   * each time. The interval is about these workloads, not about others.
   */

  /** A net time below this share of the whole is not known: noise of the loop is as large. */
  private static final double LEAST_NET_SHARE = 0.05;

  private final List<double[]> logRatios;

  /** The log ratio of each round to each of the others. */
  private Matchup(List<double[]> logRatios) {
    this.logRatios = List.copyOf(logRatios);
  }

  private static Optional<Matchup> of(List<double[]> logRatios) {
    return logRatios.getFirst().length == 0
        ? Optional.empty()
        : Optional.of(new Matchup(logRatios));
  }

  /** How many times as fast as the fastest of the others, of which there is at least one. */
  public static Optional<Matchup> againstBest(double[] times, List<double[]> others) {
    List<double[]> all = new ArrayList<>(others);
    all.addFirst(times);
    List<double[]> common = Rounds.common(all);
    return of(
        common.stream().skip(1).map(other -> Rounds.logRatios(common.getFirst(), other)).toList());
  }

  /**
   * How many times as fast without the time that the loop takes alone, which may differ between the
   * two; empty where the difference drowns.
   */
  public static Optional<Matchup> net(
      double[] times, double[] loop, double[] otherTimes, double[] otherLoop) {
    List<double[]> common = Rounds.common(List.of(times, loop, otherTimes, otherLoop));
    if (common.getFirst().length == 0
        || !isKnown(common.get(0), common.get(1))
        || !isKnown(common.get(2), common.get(3))) {
      return Optional.empty();
    }
    return of(
        List.of(
            Rounds.logRatios(
                net(common.get(0), common.get(1)), net(common.get(2), common.get(3)))));
  }

  private static boolean isKnown(double[] times, double[] loop) {
    double median = Rounds.median(times);
    return median - Rounds.median(loop) > LEAST_NET_SHARE * median;
  }

  private static double[] net(double[] times, double[] loop) {
    return IntStream.range(0, times.length)
        .mapToDouble(round -> Math.max(times[round] - loop[round], LEAST_NET_SHARE * times[round]))
        .toArray();
  }

  /** The ratio by itself. */
  public double value() {
    return value(IntStream.range(0, rounds()).toArray());
  }

  private int rounds() {
    return logRatios.getFirst().length;
  }

  private double value(int[] rounds) {
    double least = Double.POSITIVE_INFINITY;
    for (double[] toOther : logRatios) {
      least = Math.min(least, Rounds.median(Rounds.at(toOther, rounds)));
    }
    return Math.exp(least);
  }

  /** The geometric mean over at least one workload. */
  public static Ratio mean(List<Matchup> matchups) {
    int[] rounds = matchups.stream().mapToInt(Matchup::rounds).toArray();
    Interval interval =
        Bootstrap.of(
            rounds,
            drawn ->
                mean(
                    IntStream.range(0, drawn.length)
                        .mapToDouble(i -> matchups.get(i).value(drawn[i]))
                        .toArray()),
            Bootstrap.CONFIDENCE);
    return new Ratio(mean(matchups.stream().mapToDouble(Matchup::value).toArray()), interval);
  }

  private static double mean(double[] ratios) {
    return GeometricMean.of(ratios).getAsDouble();
  }
}
