// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

/**
 * A straight line through samples, and how far its slope may be off: 99 % interval.
 *
 * @param perUnit change of y for one of x
 * @param halfWidth half of the interval's width
 */
record Slope(double perUnit, double halfWidth) {

  /** Student's t at 99.5 % for many degrees of freedom, and how it grows for few of them. */
  private static final double NORMAL = 2.5758;

  /** Least squares; at least ten samples. */
  static Slope of(double[] x, double[] y) {
    int n = x.length;
    if (n < 10) {
      throw new IllegalArgumentException(n + " samples are too few");
    }
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
