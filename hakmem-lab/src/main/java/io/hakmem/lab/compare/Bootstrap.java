// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.descriptive.Quantile;

/** How much a figure made of runs would differ if they were run again. */
public final class Bootstrap {
  /*
   * The runs stand for all runs there could have been: as many are drawn from them, with
   * replacement, and the figure is computed of what was drawn, again and again. Every set of runs
   * is drawn from on its own; they are independent processes. Of very few runs the intervals come
   * out too narrow, of a single one they are a point: Verdict looks at the number of runs as well.
   */

  /** Share of the cases that an {@link Interval} holds. */
  public static final double CONFIDENCE = 0.95;

  private static final int RESAMPLES = 4_000;
  private static final long SEED = 42; // the same runs are always told the same interval

  private Bootstrap() {}

  /** The interval of the median. */
  public static Interval ofMedian(double[] values) {
    return of(
        new int[] {values.length}, drawn -> Rounds.median(Rounds.at(values, drawn[0])), CONFIDENCE);
  }

  /**
   * The interval of any figure of several independent sets of runs.
   *
   * @param sizes number of runs in each set
   * @param figure of what was drawn: the positions of the runs, set by set
   */
  static Interval of(int[] sizes, ToDoubleFunction<int[][]> figure, double confidence) {
    double[] figures = resampled(sizes, sizes, figure);
    double[] ends =
        Quantile.withDefaults().evaluate(figures, (1 - confidence) / 2, (1 + confidence) / 2);
    return new Interval(ends[0], ends[1]);
  }

  /** The figure of sets drawn from others of these sizes, as many of each as the counts say. */
  static double[] resampled(int[] sizes, int[] counts, ToDoubleFunction<int[][]> figure) {
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(SEED);
    double[] figures = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      int[][] drawn = new int[sizes.length][];
      for (int set = 0; set < sizes.length; set++) {
        int size = sizes[set];
        drawn[set] = IntStream.generate(() -> random.nextInt(size)).limit(counts[set]).toArray();
      }
      figures[i] = figure.applyAsDouble(drawn);
    }
    return figures;
  }
}
