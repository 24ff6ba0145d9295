// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.jfr.PeriodicEvents;
import java.util.List;
import java.util.Map;
import jdk.jfr.Event;

/** Sums the statistics up for Flight Recorder, each time that a period of a recording ends. */
final class StatsEvents {
  /*
   * The recorder calls one method at a time for each type of event. Counts are what was added since
   * the event before, or since the recording began.
   */

  private HakmemStats cachesBefore = Hakmem.stats();
  private List<HakmemStats.SizeClassStats> classesBefore = cachesBefore.sizeClasses();

  /** What commits the events of each type. */
  Map<Class<? extends Event>, Runnable> byType() {
    return Map.of(
        PeriodicEvents.Memory.class, StatsEvents::commitMemory,
        PeriodicEvents.CacheActivity.class, this::commitCaches,
        PeriodicEvents.SizeClassActivity.class, this::commitClasses);
  }

  private static void commitMemory() {
    HakmemStats stats = Hakmem.stats();
    PeriodicEvents.Memory event = new PeriodicEvents.Memory();
    event.allocated = stats.allocatedBytes();
    event.cached = stats.cachedBytes();
    event.stranded = stats.strandedBytes();
    event.committed = stats.committedBytes();
    event.limit = stats.limitBytes();
    event.metadata = stats.metadataBytes();
    event.commit();
  }

  private synchronized void commitCaches() {
    HakmemStats before = cachesBefore;
    HakmemStats now = Hakmem.stats();
    cachesBefore = now;
    PeriodicEvents.CacheActivity event = new PeriodicEvents.CacheActivity();
    event.hits = now.hits() - before.hits();
    event.misses = now.misses() - before.misses();
    event.refills = now.refills() - before.refills();
    event.drains = now.drains() - before.drains();
    event.remoteFrees = now.remoteFrees() - before.remoteFrees();
    event.refaults = now.refaults() - before.refaults();
    event.commit();
  }

  private synchronized void commitClasses() {
    List<HakmemStats.SizeClassStats> before = classesBefore;
    List<HakmemStats.SizeClassStats> now = Hakmem.stats().sizeClasses();
    classesBefore = now;
    for (int i = 0; i < now.size(); i++) {
      HakmemStats.SizeClassStats each = now.get(i);
      if (each.requests() > before.get(i).requests()) {
        PeriodicEvents.SizeClassActivity event = new PeriodicEvents.SizeClassActivity();
        event.blockSize = each.blockBytes();
        event.hits = each.hits() - before.get(i).hits();
        event.misses = each.misses() - before.get(i).misses();
        event.liveBlocks = each.liveBlocks();
        event.cachedBlocks = each.cachedBlocks();
        event.slabs = each.slabs();
        event.commit();
      }
    }
  }
}
