// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.verify;

import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import io.hakmem.control.Allocator;
import io.hakmem.front.FrontCache;
import io.hakmem.guard.GuardedSlots;
import io.hakmem.hardened.HardenedBlocks;
import io.hakmem.memory.Bits;
import io.hakmem.slab.SizeClasses;
import io.hakmem.slab.SlabPoolState;
import io.hakmem.superslab.SliceMap;
import java.util.List;

/** Walks the whole allocator and checks every invariant; for tests and tools. */
public final class HeapVerifier {
  /*
   * Each structure checks itself; here is checked what holds between them:
   *
   *   I1  carved blocks = live + in caches + in the depot + free in their slabs, for every class
   *   I2  charged bytes = dirty slices, their live map pages, pages of runs, slices of huge blocks,
   *       the areas of the caches, and the slots of samples
   *   I3  charged bytes = the parts of the account in the statistics, none of which is negative, and
   *       blocks of every class that are live or in quarantine are as many there as live ones in the
   *       live map
   *   I4  every block in quarantine is marked, and the quarantine within its bounds
   *
   *   I4  what is charged in the map of slices = the account without live map and cache areas, and what
   *       is in use there = live blocks and those in caches and depots
   *
   * Exact while no other thread allocates or frees; background purges are held off.
   */

  private HeapVerifier() {}

  /**
   * Checks everything; does nothing before the first use of the allocator.
   *
   * @throws IllegalStateException that says what does not hold, with the values
   */
  public static void verify() {
    Allocator allocator = Allocator.current();
    if (allocator != null) {
      allocator.withoutPurge(() -> verify(allocator));
    }
  }

  private static void verify(Allocator allocator) {
    List<FrontCache> caches = allocator.allCaches();
    HakmemStats stats = Hakmem.stats();
    caches.forEach(FrontCache::verify);
    GuardedSlots guards = allocator.guards();
    if (guards != null) {
      guards.verify();
    }
    HardenedBlocks hardened = allocator.hardened();
    if (hardened != null) {
      hardened.verify();
    }
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      allocator.pool(c).verify();
      allocator.depot(c).verify();
      SlabPoolState state = allocator.pool(c).state();
      long cached = allocator.depot(c).blockCount();
      for (FrontCache cache : caches) {
        cached += cache.cachedBlocks(c);
      }
      long live = allocator.pool(c).countLive();
      Bits.require(
          state.carvedBlocks() == live + cached + state.freeBlocks(),
          "class " + c + ": " + state + ", but " + live + " live and " + cached + " in caches");
      HakmemStats.SizeClassStats told = stats.sizeClasses().get(c - 1);
      Bits.require(
          told.liveBlocks() + told.quarantinedBlocks() == live,
          "class " + c + ": " + live + " live, but " + stats.sizeClasses().get(c - 1));
    }
    long charged =
        allocator.superslabs().verify()
            + allocator.large().verify()
            + allocator.caches().chargedBytes()
            + allocator.guardBytes();
    Bits.require(
        charged == allocator.account().chargedBytes(),
        "charged " + allocator.account().chargedBytes() + " bytes, found " + charged);
    HakmemStats.Account account = stats.account();
    Bits.require(
        account.sum() == charged && account.slabRestBytes() >= 0 && account.freePagesBytes() >= 0,
        "charged " + charged + " bytes, but " + account);
    verifySlices(allocator.sliceMap(), account);
  }

  private static void verifySlices(SliceMap map, HakmemStats.Account account) {
    long charged = 0;
    long used = 0;
    for (int slice = 0; slice < map.sliceCount(); slice++) {
      charged += map.chargedBytes(slice);
      used += map.usedBytes(slice);
    }
    long outside = account.liveMapBytes() + account.cacheAreaBytes() + account.guardBytes();
    Bits.require(
        charged == account.sum() - outside,
        "charged " + charged + " bytes in the map of slices, but " + account);
    long held = account.quarantinedBytes() + account.frontCacheBytes() + account.depotBytes();
    Bits.require(
        used == account.allocatedBytes() + held,
        "used " + used + " bytes in the map of slices, but " + account);
  }
}
