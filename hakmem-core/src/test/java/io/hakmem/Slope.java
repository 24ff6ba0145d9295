// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.Arrays;

/**
 * A straight line through samples, and how far its slope may be off: 99 % interval. Neighbouring
 * samples may be alike, as those of resident memory are, which goes up and down in steps: the line
 * goes through the means of at most 20 batches of samples, long enough that these are not (the
 * method of batch means; B. Schmeiser, Batch size effects in the analysis of simulation output,
 * 1982, on why no more than some 30).
 *
 * @param perUnit change of y for one of x
 * @param halfWidth half of the interval's width
 */
record Slope(double perUnit, double halfWidth) {

  /** Student's t at 99.5 % for many degrees of freedom, and how it grows for few of them. */
  private static final double NORMAL = 2.5758;

  private static final int MOST_BATCHES = 20;

  /** Of at least ten samples, in the order in which they were taken. */
  static Slope of(double[] x, double[] y) {
    if (x.length < 10) {
      throw new IllegalArgumentException(x.length + " samples are too few");
    }
    return leastSquares(batchMeans(x), batchMeans(y));
  }

  private static double[] batchMeans(double[] values) {
    double[] means = new double[Math.min(MOST_BATCHES, values.length)];
    for (int i = 0; i < means.length; i++) {
      int from = i * values.length / means.length;
      int to = (i + 1) * values.length / means.length;
      means[i] = mean(Arrays.copyOfRange(values, from, to));
    }
    return means;
  }

  private static Slope leastSquares(double[] x, double[] y) {
    int n = x.length;
    double meanX = mean(x);
    double meanY = mean(y);
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < n; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
    }
    double slope = xy / xx;
    double residuals = 0;
    for (int i = 0; i < n; i++) {
      double residual = y[i] - meanY - slope * (x[i] - meanX);
      residuals += residual * residual;
    }
    return new Slope(slope, student(n - 2) * Math.sqrt(residuals / (n - 2) / xx));
  }

  boolean mayBeZero() {
    return Math.abs(perUnit) <= halfWidth;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** The expansion of Student's quantile in 1 / degrees of freedom, two terms of it. */
  private static double student(int degrees) {
    double z = NORMAL;
    double first = (z * z * z + z) / 4;
    double second = (5 * Math.pow(z, 5) + 16 * z * z * z + 3 * z) / 96;
    return z + first / degrees + second / ((double) degrees * degrees);
  }
}
