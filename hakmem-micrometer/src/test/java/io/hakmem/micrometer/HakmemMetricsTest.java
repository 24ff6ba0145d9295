// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import io.hakmem.micrometer.sample.PrometheusSample;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Meters are the statistics. */
final class HakmemMetricsTest {

  @Test
  void figures_areThoseOfTheStatistics() {
    MeterRegistry registry = new SimpleMeterRegistry();
    new HakmemMetrics(Tags.of("pool", "main")).bindTo(registry);
    long[] addresses = new long[3000];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = Hakmem.allocate(i * 7L);
    }
    for (int i = 0; i < addresses.length; i += 2) {
      Hakmem.free(addresses[i]);
    }
    HakmemStats stats = Hakmem.stats();
    assertTrue(stats.allocatedBytes() > 0 && stats.hits() > 0 && stats.refills() > 0);
    assertEquals(stats.allocatedBytes(), gauge(registry, "allocated"));
    assertEquals(stats.cachedBytes(), gauge(registry, "cached"));
    assertEquals(stats.committedBytes(), gauge(registry, "committed"));
    assertEquals(stats.peakCommittedBytes(), gauge(registry, "peak"));
    assertEquals(Long.MAX_VALUE, gauge(registry, "limit"), "infinity");
    assertEquals(stats.reservedBytes(), gauge(registry, "reserved"));
    assertEquals(stats.metadataBytes(), gauge(registry, "metadata"));
    assertEquals(stats.strandedBytes(), gauge(registry, "stranded"));
    assertEquals(stats.hits(), count(registry, "requests", "result", "hit"));
    assertEquals(stats.misses(), count(registry, "requests", "result", "miss"));
    assertEquals(stats.refills(), count(registry, "refills"));
    assertEquals(stats.drains(), count(registry, "drains"));
    assertEquals(stats.remoteFrees(), count(registry, "remote.frees"));
    assertEquals(stats.droppedBlocks(), count(registry, "dropped.blocks"));
    assertEquals(stats.refaults(), count(registry, "refaults"));
    assertTrue(!stats.osCalls().isEmpty());
    stats
        .osCalls()
        .forEach((kind, calls) -> assertEquals(calls, count(registry, "os.calls", "kind", kind)));
    for (int i = 1; i < addresses.length; i += 2) {
      Hakmem.free(addresses[i]);
    }
  }

  @Test
  void counters_goOnWithoutTheBinder() {
    MeterRegistry registry = new SimpleMeterRegistry();
    WeakReference<HakmemMetrics> binder = bind(registry);
    while (binder.get() != null) {
      System.gc();
    }
    Hakmem.free(Hakmem.allocate(1));
    HakmemStats stats = Hakmem.stats();
    assertEquals(stats.hits(), count(registry, "requests", "result", "hit"));
    assertEquals(stats.misses(), count(registry, "requests", "result", "miss"));
  }

  private static WeakReference<HakmemMetrics> bind(MeterRegistry registry) {
    HakmemMetrics binder = new HakmemMetrics(Tags.of("pool", "main"));
    binder.bindTo(registry);
    return new WeakReference<>(binder);
  }

  private static long gauge(MeterRegistry registry, String name) {
    return (long) registry.get("hakmem.memory." + name).tag("pool", "main").gauge().value();
  }

  private static long count(MeterRegistry registry, String name, String... tags) {
    return (long)
        registry.get("hakmem." + name).tag("pool", "main").tags(tags).functionCounter().count();
  }

  @Test
  void sample_printsAScrape() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      PrometheusSample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    String scrape = out.toString(StandardCharsets.UTF_8);
    assertTrue(scrape.contains("hakmem_memory_allocated_bytes 1024.0"), scrape);
    assertTrue(scrape.contains("hakmem_requests_total{result=\"hit\"}"), scrape);
  }
}
