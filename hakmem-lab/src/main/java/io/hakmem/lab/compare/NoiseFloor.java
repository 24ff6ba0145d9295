// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.GeometricMean;
import org.apache.commons.statistics.descriptive.Quantile;

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
   * they can differ is in the runs themselves: both sets are thrown together and two sets of the
   * same size drawn from the heap, again and again. Where the sets differ for a reason that the
   * runs of one set do not show (a slow spell of the machine), the measured difference is the
   * larger one and counts.
   */

  /** The floor of nothing measured: everything is a difference. */
  public static final NoiseFloor NONE = new NoiseFloor(0, 0);

  /** Two sets of runs of one program on one workload. */
  public static final class Twins {
    private final double[] times;
    private final double[] twinTimes;

    /** The times of the runs, at least one each. */
    public Twins(double[] times, double[] twinTimes) {
      this.times = times;
      this.twinTimes = twinTimes;
    }

    private double ratio() {
      return medianRatio(times, twinTimes);
    }

    private double[] together() {
      return DoubleStream.concat(DoubleStream.of(times), DoubleStream.of(twinTimes)).toArray();
    }
  }

  /** The floor of one workload. */
  public static NoiseFloor of(double[] times, double[] twinTimes) {
    return ofMean(List.of(new Twins(times, twinTimes)));
  }

  /** The floor of a geometric mean over workloads; at least one. */
  public static NoiseFloor ofMean(List<Twins> workloads) {
    double measured = difference(mean(workloads.stream().mapToDouble(Twins::ratio).toArray()));
    double[] drawn =
        Bootstrap.resampled(
            workloads.stream().map(Twins::together).flatMap(all -> Stream.of(all, all)).toList(),
            workloads.stream()
                .flatMapToInt(twins -> IntStream.of(twins.times.length, twins.twinTimes.length))
                .toArray(),
            sets -> difference(mean(ratios(sets))));
    double usual = Quantile.withDefaults().evaluate(drawn, Bootstrap.CONFIDENCE);
    return new NoiseFloor(Math.max(measured, usual), measured);
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

  private static double[] ratios(List<double[]> sets) {
    double[] ratios = new double[sets.size() / 2];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = medianRatio(sets.get(2 * i), sets.get(2 * i + 1));
    }
    return ratios;
  }

  private static double mean(double[] ratios) {
    return GeometricMean.of(ratios).getAsDouble();
  }

  private static double medianRatio(double[] times, double[] otherTimes) {
    return Summary.of(times).median() / Summary.of(otherTimes).median();
  }

  /** 0.05 for a ratio of 1.05 as well as for 1 / 1.05. */
  private static double difference(double ratio) {
    return Math.max(ratio, 1 / ratio) - 1;
  }
}
