// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.front.FrontCache;
import io.hakmem.front.RetiredCounters;
import io.hakmem.hardened.HardenedBlocks;
import io.hakmem.os.ContainerLimit;
import io.hakmem.os.OsCallCounts;
import io.hakmem.slab.SizeClasses;
import io.hakmem.slab.SlabPoolState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects the statistics of all layers into one record. */
final class StatsReader {

  private StatsReader() {}

  static HakmemStats read(Allocator allocator) {
    List<FrontCache> caches = allocator.allCaches();
    RetiredCounters retired = allocator.caches().retired();
    HardenedBlocks hardened = allocator.hardened();
    List<HakmemStats.SizeClassStats> classes = new ArrayList<>();
    long inFront = 0;
    long inDepots = 0;
    long freeInSlabs = 0;
    long slabBytes = 0;
    long inClasses = 0;
    long heap =
        allocator.heapStateBytes().get() + caches.stream().mapToLong(FrontCache::heapBytes).sum();
    long[] quarantinedBlocks =
        hardened == null ? new long[SizeClasses.MAX_CLASS + 1] : hardened.quarantinedBlocks();
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      int bytes = SizeClasses.bytes(c);
      SlabPoolState state = allocator.pool(c).state();
      long inCaches = 0;
      long requests = retired.requests(c) + allocator.borrowedMisses(c);
      long misses = retired.misses(c) + allocator.borrowedMisses(c);
      for (FrontCache cache : caches) {
        inCaches += cache.cachedBlocks(c);
        requests += cache.requests(c);
        misses += cache.misses(c);
      }
      long inDepot = allocator.depot(c).blockCount();
      long atHand = inCaches + inDepot;
      long charged = allocator.pool(c).chargedBytes();
      long used = Math.max(state.carvedBlocks() - state.freeBlocks() - atHand, 0);
      long kept = Math.min(quarantinedBlocks[c], used);
      long live = used - kept;
      classes.add(
          new HakmemStats.SizeClassStats(
              bytes,
              requests,
              misses,
              state.slabs(),
              charged,
              live,
              kept,
              atHand,
              state.freeBlocks()));
      inFront += inCaches * bytes;
      inDepots += inDepot * bytes;
      freeInSlabs += state.freeBlocks() * bytes;
      slabBytes += charged;
      inClasses += used * bytes;
      heap += allocator.depot(c).heapBytes() + allocator.pool(c).heapBytes();
    }
    long refills = retired.refills();
    long drains = retired.drains();
    long remoteFrees = retired.remoteFrees();
    long dropped = retired.dropped();
    long growths = retired.capacityGrowths();
    long shrinks = retired.capacityShrinks();
    for (FrontCache cache : caches) {
      refills += cache.refills();
      drains += cache.drains();
      remoteFrees += cache.remoteFrees();
      dropped += cache.dropped();
      growths += cache.capacityGrowths();
      shrinks += cache.capacityShrinks();
    }
    long inLarge = allocator.large().allocatedBytes();
    long quarantined = hardened == null ? 0 : hardened.quarantinedBytes();
    heap += hardened == null ? 0 : hardened.heapBytes();
    HakmemStats.Account account =
        new HakmemStats.Account(
            inClasses + inLarge - quarantined,
            quarantined,
            inFront,
            inDepots,
            freeInSlabs,
            slabBytes - inClasses - inFront - inDepots - freeInSlabs,
            allocator.large().chargedBytes() - inLarge + allocator.superslabs().freeSliceBytes(),
            allocator.superslabs().liveMapBytes(),
            allocator.caches().chargedBytes(),
            allocator.guardBytes());
    return new HakmemStats(
        List.copyOf(classes),
        refills,
        drains,
        remoteFrees,
        dropped,
        growths,
        shrinks,
        account.allocatedBytes(),
        inFront + inDepots,
        allocator.account().chargedBytes(),
        allocator.account().peakBytes(),
        allocator.account().limitBytes(),
        ContainerLimit.read(),
        allocator.reservation().byteSize(),
        allocator.superslabs().mapBytes() + allocator.caches().chargedBytes() + heap,
        heap,
        inFront,
        allocator.superslabs().refaults() + allocator.large().refaults(),
        allocator.reservation().os().name(),
        account,
        osCalls(allocator.reservation().os().callCounts()),
        mappings(allocator));
  }

  private static List<HakmemStats.Mapping> mappings(Allocator allocator) {
    List<HakmemStats.Mapping> mappings = new ArrayList<>();
    allocator
        .reservation()
        .forEachRange(
            (name, address, byteSize) ->
                mappings.add(new HakmemStats.Mapping(name, address, byteSize)));
    return List.copyOf(mappings);
  }

  private static Map<String, Long> osCalls(OsCallCounts counts) {
    return Map.of(
        "reserve", counts.reserve(),
        "protect", counts.protect(),
        "advise", counts.advise(),
        "remap", counts.remap(),
        "release", counts.release(),
        "refused", counts.refused());
  }
}
