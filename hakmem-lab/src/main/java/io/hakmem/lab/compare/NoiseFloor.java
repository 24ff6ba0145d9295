// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * What two sets of runs of one and the same program differ by, as parts of the smaller one.
 *
 * @param difference that no difference inside it is called one: {@link Bootstrap#CONFIDENCE} of all
 *     pairs of sets differ by less, and the one that was measured does
 * @param measured difference of the two sets that were run
 */
public record NoiseFloor(double difference, double measured) {
  /*
   * The measured difference is a single draw: two sets can agree to a per mille by luck. How much
   * they can differ is in the rounds themselves: which of the two runs of a round was called the
   * first is chance, so rounds are drawn, each with one sign or the other, again and again. Where
   * the sets differ for a reason that single rounds do not show the measured difference is the
   * larger one and counts. How far rounds spread is known by these few only, so the percentile is
   * stretched by as much as Student's t is wider than the normal distribution. (A percentile farther
   * out instead would make a floor of the one run in ten that goes astray.)
   */

  /** The floor of nothing measured: everything is a difference. */
  public static final NoiseFloor NONE = new NoiseFloor(0, 0);

  /** Two sets of runs of one program on one workload. */
  public static final class Twins {
    private final double[] logRatios;

    private Twins(double[] logRatios) {
      this.logRatios = logRatios;
    }

    /**
     * The two sets; empty if there is no round that has both.
     *
     * @param times by round, {@link Double#NaN} where a run gave no result
     * @param twinTimes of the same rounds
     */
    public static Optional<Twins> of(double[] times, double[] twinTimes) {
      double[] logRatios = Rounds.logRatios(times, twinTimes);
      return logRatios.length == 0 ? Optional.empty() : Optional.of(new Twins(logRatios));
    }

    private int rounds() {
      return logRatios.length;
    }

    private double[] withBothSigns() {
      return DoubleStream.concat(
              DoubleStream.of(logRatios), DoubleStream.of(logRatios).map(ratio -> -ratio))
          .toArray();
    }
  }

  /** The floor of one workload; empty if there is no round that has both times. */
  public static Optional<NoiseFloor> of(double[] times, double[] twinTimes) {
    return Twins.of(times, twinTimes).map(twins -> ofMean(List.of(twins)));
  }

  /** The floor of a geometric mean over workloads; at least one. */
  public static NoiseFloor ofMean(List<Twins> workloads) {
    double measured = distance(workloads.stream().map(twins -> twins.logRatios));
    List<double[]> sources = workloads.stream().map(Twins::withBothSigns).toList();
    double[] drawn =
        Bootstrap.resampled(
            sources.stream().mapToInt(source -> source.length).toArray(),
            workloads.stream().mapToInt(Twins::rounds).toArray(),
            positions ->
                distance(
                    IntStream.range(0, positions.length)
                        .mapToObj(i -> Rounds.at(sources.get(i), positions[i]))));
    double tail = (1 - Bootstrap.CONFIDENCE) / 2;
    int rounds = workloads.stream().mapToInt(Twins::rounds).sum();
    double stretch =
        TDistribution.of(rounds).inverseSurvivalProbability(tail)
            / NormalDistribution.of(0, 1).inverseSurvivalProbability(tail);
    double usual = stretch * Quantile.withDefaults().evaluate(drawn, Bootstrap.CONFIDENCE);
    return new NoiseFloor(Math.expm1(Math.max(measured, usual)), Math.expm1(measured));
  }

  /**
   * How far from nothing the mean over workloads is, of which each has the median of its rounds.
   */
  private static double distance(Stream<double[]> logRatios) {
    return Math.abs(Paired.mean(logRatios.mapToDouble(Rounds::median).toArray()));
  }

  /**
   * The floor of a comparison by blocks, from blocks in which one program took both parts: the log
   * ratio of each. Which part is called the first is chance, so every sign could have been the
   * other one.
   */
  public static NoiseFloor ofBlocks(double[] logRatios) {
    double measured = Math.expm1(Math.abs(Paired.mean(logRatios)));
    double usual =
        Quantile.withDefaults().evaluate(Paired.signFlips(logRatios), Bootstrap.CONFIDENCE);
    return new NoiseFloor(Math.max(measured, Math.expm1(usual)), measured);
  }

  /** Whether a ratio is too near to one to be called a difference. */
  public boolean covers(double ratio) {
    return difference(ratio) <= difference;
  }

  /** 0.05 for a ratio of 1.05 as well as for 1 / 1.05. */
  private static double difference(double ratio) {
    return Math.max(ratio, 1 / ratio) - 1;
  }
}
