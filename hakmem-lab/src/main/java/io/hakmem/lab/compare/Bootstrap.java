// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
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
    return of(List.of(values), sets -> Summary.of(sets.getFirst()).median());
  }

  /** The interval of any figure of several independent sets of runs. */
  public static Interval of(List<double[]> sets, ToDoubleFunction<List<double[]>> figure) {
    return of(sets, figure, CONFIDENCE);
  }

  /** The interval that holds it with another confidence. */
  static Interval of(
      List<double[]> sets, ToDoubleFunction<List<double[]>> figure, double confidence) {
    double[] figures = resampled(sets, sets.stream().mapToInt(set -> set.length).toArray(), figure);
    double[] ends =
        Quantile.withDefaults().evaluate(figures, (1 - confidence) / 2, (1 + confidence) / 2);
    return new Interval(ends[0], ends[1]);
  }

  /** The figure of sets drawn from the sources, as many values of each as the counts say. */
  static double[] resampled(
      List<double[]> sources, int[] counts, ToDoubleFunction<List<double[]>> figure) {
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(SEED);
    double[] figures = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      List<double[]> drawn = new ArrayList<>(counts.length);
      for (int set = 0; set < counts.length; set++) {
        drawn.add(draw(sources.get(set), counts[set], random));
      }
      figures[i] = figure.applyAsDouble(drawn);
    }
    return figures;
  }

  private static double[] draw(double[] source, int count, UniformRandomProvider random) {
    double[] drawn = new double[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = source[random.nextInt(source.length)];
    }
    return drawn;
  }
}
