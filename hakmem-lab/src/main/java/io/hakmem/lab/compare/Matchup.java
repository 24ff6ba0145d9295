// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.GeometricMean;

/**
 * Two rivals on one workload: a ratio made of several sets of runs, above one if ours is better.
 */
public final class Matchup {
  /*
   * A mean over workloads is resampled as a whole: the runs of each workload are drawn anew and the
   * mean computed of what was drawn; which of several others is the fastest is found out anew each
   * time. The interval is about these workloads, not about others.
   */

  /** A net time below this share of the whole is not known: noise of the loop is as large. */
  private static final double LEAST_NET_SHARE = 0.05;

  private final List<double[]> sets;
  private final ToDoubleFunction<List<double[]>> ratio;

  private Matchup(List<double[]> sets, ToDoubleFunction<List<double[]>> ratio) {
    this.sets = List.copyOf(sets);
    this.ratio = ratio;
  }

  /** How many times as fast as the fastest of the others, of which there is at least one. */
  public static Matchup againstBest(double[] times, List<double[]> others) {
    List<double[]> sets = new ArrayList<>(others);
    sets.addFirst(times);
    return new Matchup(sets, Matchup::againstFastest);
  }

  private static double againstFastest(List<double[]> drawn) {
    double fastest = Double.POSITIVE_INFINITY;
    for (double[] others : drawn.subList(1, drawn.size())) {
      fastest = Math.min(fastest, median(others));
    }
    return fastest / median(drawn.getFirst());
  }

  /**
   * How many times as fast without the time that the loop takes alone, which may differ between the
   * two; empty where the difference drowns.
   */
  public static Optional<Matchup> net(
      double[] times, double[] loop, double[] otherTimes, double[] otherLoop) {
    if (!isKnown(times, loop) || !isKnown(otherTimes, otherLoop)) {
      return Optional.empty();
    }
    return Optional.of(
        new Matchup(
            List.of(times, loop, otherTimes, otherLoop),
            drawn -> net(drawn.get(2), drawn.get(3)) / net(drawn.get(0), drawn.get(1))));
  }

  private static boolean isKnown(double[] times, double[] loop) {
    return median(times) - median(loop) > LEAST_NET_SHARE * median(times);
  }

  private static double net(double[] times, double[] loop) {
    double median = median(times);
    return Math.max(median - median(loop), LEAST_NET_SHARE * median);
  }

  private static double median(double[] times) {
    return Summary.of(times).median();
  }

  /** The ratio by itself. */
  public double value() {
    return ratio.applyAsDouble(sets);
  }

  /** The geometric mean over at least one workload. */
  public static Ratio mean(List<Matchup> matchups) {
    List<double[]> all = matchups.stream().flatMap(matchup -> matchup.sets.stream()).toList();
    return new Ratio(mean(matchups, all), Bootstrap.of(all, drawn -> mean(matchups, drawn)));
  }

  private static double mean(List<Matchup> matchups, List<double[]> drawn) {
    double[] ratios = new double[matchups.size()];
    int from = 0;
    for (int i = 0; i < ratios.length; i++) {
      Matchup matchup = matchups.get(i);
      int to = from + matchup.sets.size();
      ratios[i] = matchup.ratio.applyAsDouble(drawn.subList(from, to));
      from = to;
    }
    return GeometricMean.of(ratios).getAsDouble();
  }
}
