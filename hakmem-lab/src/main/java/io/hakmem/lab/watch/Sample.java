// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import io.hakmem.HakmemStats;
import io.hakmem.HakmemStats.SizeClassStats;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * An observation and the one before it.
 *
 * @param number 1 for the first
 * @param before null for the first
 * @param now the observation
 */
public record Sample(int number, @Nullable Observation before, Observation now) {
  private static final double NANOS_PER_SECOND = 1e9;

  /** How much a count grew each second since the observation before; null for the first. */
  @Nullable Double perSecond(ToLongFunction<HakmemStats> count) {
    return before == null
        ? null
        : (count.applyAsLong(now.stats()) - count.applyAsLong(before.stats()))
            / ((now.nanos() - before.nanos()) / NANOS_PER_SECOND);
  }

  /** Requests of a class each second, by its place among the classes; null for the first. */
  @Nullable Double requestsPerSecond(int sizeClass) {
    return perSecond(stats -> stats.sizeClasses().get(sizeClass).requests());
  }

  /**
   * Share of the requests since the observation before that a thread's cache served; of all since
   * the start, if there were none; null without any.
   */
  @Nullable Double hitRate() {
    return hitRate(HakmemStats::hits, HakmemStats::misses);
  }

  /** As {@link #hitRate()}, of one class. */
  @Nullable Double hitRate(int sizeClass) {
    return hitRate(
        stats -> stats.sizeClasses().get(sizeClass).hits(),
        stats -> stats.sizeClasses().get(sizeClass).misses());
  }

  private @Nullable Double hitRate(
      ToLongFunction<HakmemStats> hits, ToLongFunction<HakmemStats> misses) {
    HakmemStats then = before == null ? null : before.stats();
    long hit = hits.applyAsLong(now.stats());
    long missed = misses.applyAsLong(now.stats());
    long hitLately = then == null ? 0 : hit - hits.applyAsLong(then);
    long missedLately = then == null ? 0 : missed - misses.applyAsLong(then);
    return hitLately + missedLately > 0 ? share(hitLately, missedLately) : share(hit, missed);
  }

  private static @Nullable Double share(long part, long rest) {
    return part + rest == 0 ? null : (double) part / (part + rest);
  }

  /** Share of a class's slabs that lies free in them; null without slabs. */
  static @Nullable Double fragmentation(SizeClassStats it) {
    return it.slabBytes() == 0 ? null : (double) it.freeBlocks() * it.blockBytes() / it.slabBytes();
  }
}
