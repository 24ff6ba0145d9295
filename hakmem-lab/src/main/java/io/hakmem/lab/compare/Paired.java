// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * What blocks say of two arms that took turns in each: the effect is the mean of the blocks' log
 * ratios. Immutable.
 */
public final class Paired {
  /*
   * The block is the unit, for runs of one block share the weather of the machine. The interval is
   * a bootstrap of the blocks, its tails widened as Student's t is wider than the normal
   * distribution, because of a dozen blocks the plain one comes out too narrow. Whether it is chance
   * is said by the exact signed-rank test, which assumes nothing of how the blocks are distributed.
   */

  /** Probability at which chance is called a difference, of all arms of a comparison together. */
  public static final double ALPHA = 0.01;

  /** Share of the cases in which the smallest difference that can be seen is seen. */
  public static final double POWER = 0.8;

  private static final long SEED = 42; // the same blocks are always told the same
  private static final int FLIPS = 4_000;

  private final double[] logRatios;
  private final Interval interval;
  private final double probability;

  private Paired(double[] logRatios) {
    this.logRatios = logRatios;
    interval = interval(logRatios);
    probability = probability(logRatios);
  }

  /** The log ratio of each block, at least one. */
  public static Paired of(double[] logRatios) {
    return new Paired(logRatios.clone());
  }

  /** Number of blocks. */
  public int blocks() {
    return logRatios.length;
  }

  /** How many times as fast. */
  public Ratio ratio() {
    return new Ratio(Math.exp(mean(logRatios)), interval);
  }

  /** Probability that arms that do not differ look at least as different (Wilcoxon). */
  public double probability() {
    return probability;
  }

  /**
   * The verdict.
   *
   * @param adjusted probability, adjusted for the number of arms
   * @param floor that the ratio has to clear
   */
  public Verdict verdict(double adjusted, NoiseFloor floor) {
    return adjusted <= ALPHA ? Verdict.of(ratio(), floor) : Verdict.NO_DIFFERENCE_SHOWN;
  }

  /**
   * The smallest difference, as a part of one, that would be shown in {@link #POWER} of all cases;
   * infinite if there are too few blocks to show any.
   *
   * @param arms that are compared with the same baseline
   */
  public double detectable(int arms, NoiseFloor floor) {
    double alpha = ALPHA / arms;
    int n = logRatios.length;
    if (n < leastBlocks(arms)) {
      return Double.POSITIVE_INFINITY;
    }
    TDistribution t = TDistribution.of(n - 1.0);
    // The deviation is an estimate as well: of the true one in so many cases no more than this.
    double least = ChiSquaredDistribution.of(n - 1.0).inverseCumulativeProbability(1 - POWER);
    double error = deviation(logRatios) * Math.sqrt((n - 1) / least) / Math.sqrt(n);
    double forPower = t.inverseCumulativeProbability(POWER) * error;
    double forTest = t.inverseSurvivalProbability(alpha / 2) * error;
    double forFloor = Math.log1p(floor.difference());
    return Math.expm1(forPower + Math.max(forTest, forFloor));
  }

  /** Of fewer blocks the exact test can never be sure enough. */
  public static int leastBlocks(int arms) {
    return 1 + (int) Math.ceil(Math.log(arms / ALPHA) / Math.log(2));
  }

  /**
   * Probabilities adjusted by Holm's method, so that {@link #ALPHA} is that of any false alarm
   * among them.
   */
  public static double[] holm(double[] probabilities) {
    int n = probabilities.length;
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted((a, b) -> Double.compare(probabilities[a], probabilities[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[n];
    double least = 0;
    for (int rank = 0; rank < n; rank++) {
      least = Math.max(least, Math.min(1, (n - rank) * probabilities[order[rank]]));
      adjusted[order[rank]] = least;
    }
    return adjusted;
  }

  static double mean(double[] values) {
    return DoubleStream.of(values).sum() / values.length;
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    double squares = DoubleStream.of(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }

  /** The means that the blocks could have had, by their size, if every sign were chance. */
  static double[] signFlips(double[] logRatios) {
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(SEED);
    double[] means = new double[FLIPS];
    for (int i = 0; i < FLIPS; i++) {
      double sum = 0;
      for (double logRatio : logRatios) {
        sum += random.nextBoolean() ? logRatio : -logRatio;
      }
      means[i] = Math.abs(sum / logRatios.length);
    }
    return means;
  }

  private static Interval interval(double[] logRatios) {
    int n = logRatios.length;
    if (n < 2) {
      return new Interval(0, Double.POSITIVE_INFINITY); // a single block tells nothing of others
    }
    double t = TDistribution.of(n - 1.0).inverseSurvivalProbability(ALPHA / 2);
    double tail = NormalDistribution.of(0, 1).survivalProbability(t * Math.sqrt(n / (n - 1.0)));
    Interval logs =
        Bootstrap.of(
            new int[] {logRatios.length},
            drawn -> mean(Rounds.at(logRatios, drawn[0])),
            1 - 2 * tail);
    return new Interval(Math.exp(logs.low()), Math.exp(logs.high()));
  }

  private static double probability(double[] logRatios) {
    if (Arrays.stream(logRatios).allMatch(logRatio -> logRatio == 0)) {
      return 1; // the test has no rank for blocks without a difference
    }
    return WilcoxonSignedRankTest.withDefaults().test(logRatios).getPValue();
  }
}
