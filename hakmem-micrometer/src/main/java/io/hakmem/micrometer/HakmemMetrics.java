// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.micrometer;

import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The figures of {@link HakmemStats} as meters, read when they are asked for.
 *
 * <p>Gauges in bytes: {@code hakmem.memory.allocated}, {@code .cached}, {@code .committed}, {@code
 * .peak}, {@code .limit} (infinite for none), {@code .reserved}, {@code .metadata}, {@code
 * .stranded}. Counters: {@code hakmem.requests} by {@code result} hit or miss, {@code
 * hakmem.refills}, {@code hakmem.drains}, {@code hakmem.remote.frees}, {@code
 * hakmem.dropped.blocks}, {@code hakmem.refaults} in pages, {@code hakmem.os.calls} by {@code
 * kind}.
 */
public final class HakmemMetrics implements MeterBinder {
  /*
   * Each meter reads all statistics anew: that costs some microseconds, a scrape reads some twenty,
   * and no figure can be older than the scrape.
   */

  private final Iterable<Tag> tags;

  /** Meters without tags of their own. */
  public HakmemMetrics() {
    this(List.of());
  }

  /** Meters that all have {@code tags}. */
  public HakmemMetrics(Iterable<Tag> tags) {
    this.tags = tags;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bytes(registry, "allocated", "in live blocks", HakmemStats::allocatedBytes);
    bytes(registry, "cached", "in free blocks of caches", HakmemStats::cachedBytes);
    bytes(registry, "committed", "physical memory at most", HakmemStats::committedBytes);
    bytes(registry, "peak", "the most that was committed", HakmemStats::peakCommittedBytes);
    bytes(
        registry,
        "limit",
        "the hard limit",
        stats ->
            stats.limitBytes() == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : stats.limitBytes());
    bytes(registry, "reserved", "address space", HakmemStats::reservedBytes);
    bytes(registry, "metadata", "maps and structures", HakmemStats::metadataBytes);
    bytes(registry, "stranded", "free, for their threads only", HakmemStats::strandedBytes);
    Tags own = Tags.of(tags);
    count(registry, "requests", own.and("result", "hit"), HakmemStats::hits);
    count(registry, "requests", own.and("result", "miss"), HakmemStats::misses);
    count(registry, "refills", own, HakmemStats::refills);
    count(registry, "drains", own, HakmemStats::drains);
    count(registry, "remote.frees", own, HakmemStats::remoteFrees);
    count(registry, "dropped.blocks", own, HakmemStats::droppedBlocks);
    count(registry, "refaults", own, HakmemStats::refaults);
    for (String kind : Hakmem.stats().osCalls().keySet()) {
      count(
          registry,
          "os.calls",
          own.and("kind", kind),
          stats -> stats.osCalls().getOrDefault(kind, 0L));
    }
  }

  private void bytes(
      MeterRegistry registry, String name, String what, ToDoubleFunction<HakmemStats> figure) {
    Gauge.builder("hakmem.memory." + name, () -> figure.applyAsDouble(Hakmem.stats()))
        .description("bytes of hakmem's memory: " + what)
        .baseUnit(BaseUnits.BYTES)
        .tags(tags)
        .register(registry);
  }

  private void count(
      MeterRegistry registry,
      String name,
      Iterable<Tag> all,
      ToDoubleFunction<HakmemStats> figure) {
    // A counter holds its object weakly, and stands still without it: nobody keeps this binder.
    FunctionCounter.builder(
            "hakmem." + name, Hakmem.class, _ -> figure.applyAsDouble(Hakmem.stats()))
        .tags(all)
        .register(registry);
  }
}
