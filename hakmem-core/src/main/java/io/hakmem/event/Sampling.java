// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.event;

import java.util.concurrent.ThreadLocalRandom;

/** Draws which allocations are samples: a Poisson process over the bytes that are allocated. */
public final class Sampling {
  /*
   * Every byte is a point of the process with the same small probability, so an allocation of s bytes
   * has at least one with p = 1 - exp(-s / mean), whatever was allocated before. No thread has to keep
   * count. One that was drawn stands for s / p bytes: then sums over samples are right on average.
   */

  private static volatile long meanBytes;

  private Sampling() {}

  /** Sets the mean distance of points in bytes; 0 for no samples. */
  public static void setMeanBytes(long bytes) {
    meanBytes = bytes;
  }

  /** For how many bytes an allocation of {@code byteSize} stands; 0 if it is no sample. */
  public static long weigh(long byteSize) {
    long mean = meanBytes;
    return mean == 0 ? 0 : weigh(byteSize, mean);
  }

  /** The same for a mean distance of points of one's own, positive. */
  public static long weigh(long byteSize, long mean) {
    double points = (double) Math.max(byteSize, 1) / mean;
    double drawn = ThreadLocalRandom.current().nextDouble();
    if (drawn >= points) {
      return 0; // p is less than that: spares the exponential
    }
    double p = -Math.expm1(-points);
    return drawn < p ? Math.round(byteSize / p) : 0;
  }
}
