// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import io.hakmem.HakmemStats;
import io.hakmem.HakmemStats.SizeClassStats;
import io.hakmem.SuperslabStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the page gets each time it asks; its components are the fields of the JSON.
 *
 * @param number of the sample
 * @param stats hakmem's statistics
 * @param rates what happens each second
 * @param classes size classes that have a slab or are asked for, smallest first
 * @param superslabs what lies where
 * @param points what the page does not have yet of the past, oldest first
 */
record ViewData(
    int number,
    HakmemStats stats,
    Rates rates,
    List<ClassRow> classes,
    List<SuperslabStats> superslabs,
    List<Point> points) {

  /**
   * A moment of the past.
   *
   * @param number of the sample
   * @param epochMillis when
   * @param resident physical memory of the process, null if the system does not say
   * @param committed by hakmem
   * @param live in blocks
   */
  record Point(int number, long epochMillis, @Nullable Long resident, long committed, long live) {

    static Point of(Sample sample) {
      Observation now = sample.now();
      return new Point(
          sample.number(),
          now.epochMillis(),
          now.residentBytes(),
          now.stats().committedBytes(),
          now.stats().allocatedBytes());
    }
  }

  /** Per second, null at first; the share of hits lately, and calls of the system by kind. */
  record Rates(
      @Nullable Double requests,
      @Nullable Double hitRate,
      @Nullable Double refills,
      @Nullable Double drains,
      @Nullable Double remoteFrees,
      @Nullable Double refaults,
      Map<String, @Nullable Double> osCalls) {}

  /** A size class; {@code unused} is the share of its slabs that lies free in them. */
  record ClassRow(
      int blockBytes,
      int slabs,
      long slabBytes,
      long liveBlocks,
      long cachedBlocks,
      long freeBlocks,
      @Nullable Double requests,
      @Nullable Double hitRate,
      @Nullable Double unused) {}

  static ViewData of(Sample sample, List<Point> points) {
    HakmemStats stats = sample.now().stats();
    Map<String, @Nullable Double> calls = new TreeMap<>();
    for (String kind : stats.osCalls().keySet()) {
      calls.put(kind, sample.perSecond(it -> it.osCalls().getOrDefault(kind, 0L)));
    }
    Rates rates =
        new Rates(
            sample.perSecond(it -> it.hits() + it.misses()),
            sample.hitRate(),
            sample.perSecond(HakmemStats::refills),
            sample.perSecond(HakmemStats::drains),
            sample.perSecond(HakmemStats::remoteFrees),
            sample.perSecond(HakmemStats::refaults),
            calls);
    return new ViewData(
        sample.number(), stats, rates, classes(sample), sample.now().superslabs(), points);
  }

  private static List<ClassRow> classes(Sample sample) {
    List<ClassRow> rows = new ArrayList<>();
    List<SizeClassStats> classes = sample.now().stats().sizeClasses();
    for (int i = 0; i < classes.size(); i++) {
      SizeClassStats it = classes.get(i);
      if (it.slabs() > 0 || it.cachedBlocks() > 0) {
        rows.add(
            new ClassRow(
                it.blockBytes(),
                it.slabs(),
                it.slabBytes(),
                it.liveBlocks(),
                it.cachedBlocks(),
                it.freeBlocks(),
                sample.requestsPerSecond(i),
                sample.hitRate(i),
                Sample.fragmentation(it)));
      }
    }
    return rows;
  }
}
