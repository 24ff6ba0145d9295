// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** Histograms of how long calls took, in nanoseconds, and their way between processes. */
public final class Latencies {
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);
  // 1 %, and small enough to stay in the cache beside the allocator under test: latency.c.
  private static final int SIGNIFICANT_DIGITS = 2;
  private static final int CLOCK_PAIRS = 1_000_000;

  private Latencies() {}

  /** A histogram without counts. */
  public static Histogram empty() {
    return new Histogram(MOST_NANOS, SIGNIFICANT_DIGITS);
  }

  /** What a call that does nothing would be told to take. */
  public static Histogram ofClock() {
    Histogram clock = empty();
    for (int pass = 0; pass < 2; pass++) { // the first one is for the JIT compiler
      clock.reset();
      recordClock(clock);
    }
    return clock;
  }

  private static void recordClock(Histogram clock) {
    for (int i = 0; i < CLOCK_PAIRS; i++) {
      long start = System.nanoTime();
      clock.recordValue(System.nanoTime() - start);
    }
  }

  /** As one word: {@code value:count,value:count}. */
  public static String encode(Histogram histogram) {
    return StreamSupport.stream(histogram.recordedValues().spliterator(), false)
        .map(value -> least(histogram, value) + ":" + value.getCountAtValueIteratedTo())
        .collect(Collectors.joining(","));
  }

  private static long least(Histogram histogram, HistogramIterationValue value) {
    return histogram.lowestEquivalentValue(value.getValueIteratedTo());
  }

  /** The histogram of a word that {@link #encode} or latency.c made. */
  public static Histogram decode(String word) {
    Histogram histogram = empty();
    for (String pair : word.split(",", -1)) {
      int colon = pair.indexOf(':');
      if (colon > 0) {
        histogram.recordValueWithCount(
            Long.parseLong(pair, 0, colon, 10), Long.parseLong(pair, colon + 1, pair.length(), 10));
      }
    }
    return histogram;
  }
}
