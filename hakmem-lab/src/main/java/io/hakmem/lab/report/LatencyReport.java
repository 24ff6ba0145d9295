// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.run.SubjectSamples.Latency;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * How long the calls of one subject took, in nanoseconds, over the runs; less what the clock itself
 * costs.
 *
 * @param runs that gave a result
 * @param allocate allocations, reallocations included
 * @param free frees
 * @param clockNanos median of what a call that does nothing is told to take: subtracted above
 * @param clockP9999 the same, of one call in ten thousand: nothing below it is the allocator's
 */
public record LatencyReport(
    int runs, Calls allocate, Calls free, double clockNanos, double clockP9999) {

  /**
   * One kind of call.
   *
   * @param p50 half of the calls took no longer
   * @param p99 all but one in a hundred
   * @param p9999 all but one in ten thousand
   * @param max all
   */
  public record Calls(Summary p50, Summary p99, Summary p9999, Summary max) {}

  private static final double P9999 = 99.99;

  /** Sums up at least one run. */
  static LatencyReport of(List<Latency> runs) {
    return new LatencyReport(
        runs.size(),
        calls(runs, Latency::allocate),
        calls(runs, Latency::free),
        summary(runs, run -> percentile(run.clock(), 50)).median(),
        summary(runs, run -> percentile(run.clock(), P9999)).median());
  }

  private static Calls calls(List<Latency> runs, Function<Latency, Histogram> calls) {
    return new Calls(
        net(runs, calls, 50), net(runs, calls, 99), net(runs, calls, P9999), net(runs, calls, 100));
  }

  private static Summary net(
      List<Latency> runs, Function<Latency, Histogram> calls, double percentile) {
    return summary(runs, run -> net(run, calls.apply(run), percentile));
  }

  /** The p99.99 of each run; at least one, so that they can be divided. */
  static double[] p9999(List<Latency> runs, Function<Latency, Histogram> calls) {
    return runs.stream()
        .mapToDouble(run -> Math.max(1, net(run, calls.apply(run), P9999)))
        .toArray();
  }

  private static double net(Latency run, Histogram calls, double percentile) {
    return Math.max(0, percentile(calls, percentile) - percentile(run.clock(), 50));
  }

  /** The middle of the bucket, so that a histogram's width favours nobody. */
  private static double percentile(Histogram histogram, double percentile) {
    return histogram.medianEquivalentValue(histogram.getValueAtPercentile(percentile));
  }

  private static Summary summary(List<Latency> runs, ToDoubleFunction<Latency> value) {
    return Summary.of(runs.stream().mapToDouble(value).toArray());
  }
}
