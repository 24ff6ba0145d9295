// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.Bits;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.Superslabs;
import io.hakmem.superslab.TestRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs of pages: best fit, coalescing, resizing in place, and exact answers about addresses. */
final class RunsTest {

  private final FakeOsMemory os = TestRegion.wiped();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final long page = os.pageBytes();
  private final Runs runs =
      new Runs(os, account, superslabs, KeptMemoryTest.keepingAll(superslabs));
  private final int pages = (int) (Region.SUPERSLAB_BYTES / page);

  @AfterEach
  void verify() {
    assertEquals(account.chargedBytes(), superslabs.verify() + runs.verify());
  }

  @Test
  void allocate_roundsUpToPagesAndCharges() {
    long one = runs.allocate(1, 1, false);
    assertEquals(page, runs.usableSize(one));
    assertEquals(page, account.chargedBytes());
    long three = runs.allocate(2 * page + 1, 1, false);
    assertEquals(3 * page, runs.usableSize(three));
    assertEquals(4 * page, account.chargedBytes());
    assertEquals(4 * page, runs.allocatedBytes());
    assertEquals(PageMap.ACE, PageMap.kindOfSlice(Region.sliceOf(one)));
  }

  @Test
  void allocate_takesTheShortestRunThatSuffices() {
    // Free runs of 5, 3 and 9 pages, then the rest.
    long[] keep = new long[4];
    long[] gap = new long[3];
    int[] lengths = {5, 3, 9};
    for (int i = 0; i < 3; i++) {
      keep[i] = runs.allocate(page, 1, false);
      gap[i] = runs.allocate(lengths[i] * page, 1, false);
    }
    keep[3] = runs.allocate(page, 1, false);
    for (long address : gap) {
      assertEquals(FreeResult.FREED, runs.free(address, -1));
    }
    assertEquals(gap[1], runs.allocate(3 * page, 1, false));
    assertEquals(gap[0], runs.allocate(4 * page, 1, false));
    assertEquals(gap[2], runs.allocate(6 * page, 1, false));
    assertEquals(gap[0] + 4 * page, runs.allocate(page, 1, false));
  }

  @Test
  void allocate_takesTheFullestSuperslabThatSuffices() {
    long a = runs.allocate((pages - 10) * page, 1, false);
    long b = runs.allocate((pages - 40) * page, 1, false);
    long c = runs.allocate((pages - 20) * page, 1, false);
    assertEquals(superslabOf(c), superslabOf(runs.allocate(15 * page, 1, false)));
    assertEquals(superslabOf(a), superslabOf(runs.allocate(6 * page, 1, false)));
    assertEquals(superslabOf(b), superslabOf(runs.allocate(21 * page, 1, false)));
  }

  @Test
  void free_ofNeighbours_coalescesInEveryOrder() {
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int[] order : orders) {
      long first = runs.allocate(page, 1, false);
      long[] middle = new long[3];
      for (int i = 0; i < 3; i++) {
        middle[i] = runs.allocate(4 * page, 1, false);
      }
      long last = runs.allocate((pages - 13) * page, 1, false);
      for (int i : order) {
        assertEquals(FreeResult.FREED, runs.free(middle[i], -1));
      }
      assertEquals(middle[0], runs.allocate(12 * page, 1, false), "one run of all three");
      assertEquals(FreeResult.FREED, runs.free(middle[0], 12 * page));
      assertEquals(FreeResult.FREED, runs.free(first, -1));
      assertEquals(FreeResult.FREED, runs.free(last, -1));
      assertEquals(0, runs.allocatedBytes());
      runs.verify();
    }
  }

  @Test
  void free_ofLastRun_returnsTheSuperslabOnceItRested() {
    long address = runs.allocate(10 * page, 1, false);
    int index = superslabOf(address);
    long before = System.nanoTime();
    assertEquals(FreeResult.FREED, runs.free(address, -1));
    runs.releaseRested(before);
    assertEquals(PageMap.ACE, PageMap.kindOfSlice(Region.sliceOf(address)), "kept for the next");
    assertTrue(runs.hasDirtyFree());
    runs.releaseRested(System.nanoTime());
    assertFalse(runs.hasDirtyFree());
    assertEquals(0, PageMap.kindOfSlice(Region.sliceOf(address)));
    assertEquals(FreeResult.NOT_ALLOCATED, runs.free(address, -1));
    assertEquals(index, superslabs.acquireSuperslabs(1, 1));
    superslabs.releaseSuperslab(index, superslabs.dirtySlices(index), 0);
    superslabs.purge(System.nanoTime());
    assertEquals(0, account.chargedBytes());
  }

  @Test
  void free_ofLastRunsOfTwoSuperslabs_keepsOneOfThem() {
    long one = runs.allocate(pages * page, 1, false);
    long other = runs.allocate(pages * page, 1, false);
    assertEquals(FreeResult.FREED, runs.free(one, -1));
    assertEquals(FreeResult.FREED, runs.free(other, -1));
    assertEquals(PageMap.ACE, PageMap.kindOfSlice(Region.sliceOf(one)));
    assertEquals(0, PageMap.kindOfSlice(Region.sliceOf(other)));
    assertEquals(one, runs.allocate(page, 1, false), "the one that was kept");
    runs.releaseRested(System.nanoTime());
    assertEquals(page, runs.usableSize(one), "it is not empty any more");
  }

  @Test
  void refaults_areThePagesChargedAgainAfterAPurge() {
    long wall = runs.allocate(page, 1, false);
    long address = runs.allocate(5 * page, 1, false);
    assertEquals(FreeResult.FREED, runs.free(address, -1));
    runs.purge(System.nanoTime());
    assertEquals(0, runs.refaults());
    assertEquals(address, runs.allocate(8 * page, 1, false), "five that went, three new ones");
    assertEquals(5, runs.refaults());
    assertEquals(FreeResult.FREED, runs.free(address, -1));
    assertEquals(FreeResult.FREED, runs.free(wall, -1));
    runs.purge(System.nanoTime());
    runs.releaseRested(System.nanoTime());
    superslabs.purge(System.nanoTime());
    assertEquals(wall, runs.allocate(10 * page, 1, false), "all but one were there before");
    assertEquals(5 + 9, runs.refaults());
    assertEquals(0, superslabs.refaults(), "each is counted once");
    assertEquals(FreeResult.FREED, runs.free(wall, -1));
    assertEquals(wall, runs.allocate(12 * page, 1, false), "ten are dirty, two are new");
    assertEquals(5 + 9, runs.refaults());
  }

  @Test
  void freeAndExplain_ofEveryPageAndOffset_areExact() {
    long before = runs.allocate(page, 1, false);
    long address = runs.allocate(5 * page, 1, false);
    long behind = runs.allocate(2 * page, 1, false);
    for (long inner = address + 16; inner < address + 5 * page; inner += page / 4) {
      assertEquals(FreeResult.INTERIOR, runs.free(inner, -1));
      assertEquals(FreeResult.INTERIOR, runs.explain(inner));
      assertEquals(0, runs.usableSize(inner));
      assertFalse(runs.resize(inner, page));
    }
    assertEquals(FreeResult.WRONG_SIZE, runs.free(address, 5 * page + 1));
    assertEquals(FreeResult.WRONG_SIZE, runs.free(address, 4 * page));
    assertEquals(FreeResult.FREED, runs.free(address, 4 * page + 1));
    for (long inner = address; inner < address + 5 * page; inner += page / 4) {
      assertEquals(FreeResult.NOT_ALLOCATED, runs.free(inner, -1), "after the free");
      assertEquals(FreeResult.NOT_ALLOCATED, runs.explain(inner));
    }
    assertEquals(FreeResult.FREED, runs.free(before, -1));
    for (long inner = before; inner < address + 5 * page; inner += page / 4) {
      assertEquals(FreeResult.NOT_ALLOCATED, runs.free(inner, -1), "after coalescing");
    }
    long large = runs.allocate(6 * page, 1, false);
    assertEquals(before, large);
    assertEquals(FreeResult.INTERIOR, runs.free(address, -1), "inside another block now");
    assertEquals(FreeResult.FREED, runs.free(large, -1));
    assertEquals(FreeResult.FREED, runs.free(behind, -1));
    assertEquals(FreeResult.NOT_ALLOCATED, runs.free(behind, -1));
  }

  @Test
  void allocate_withAlignment_isAMultipleAndLeavesTheGapUsable() {
    runs.allocate(page, 1, false);
    for (long alignment = 2 * page; alignment <= Region.SUPERSLAB_BYTES / 2; alignment <<= 1) {
      long address = runs.allocate(3 * page, alignment, false);
      assertEquals(0, address % alignment);
    }
    runs.verify();
    long small = runs.allocate(page, 1, false);
    assertEquals(Region.BASE + page, small, "the gap before the first aligned run");
  }

  @Test
  void resize_intoFreeNeighbour_growsInPlace() {
    long address = runs.allocate(3 * page, 1, false);
    long next = runs.allocate(4 * page, 1, false);
    long last = runs.allocate(page, 1, false);
    assertFalse(runs.resize(address, 4 * page), "the neighbour is in use");
    assertEquals(FreeResult.FREED, runs.free(next, -1));
    assertTrue(runs.resize(address, 5 * page));
    assertEquals(5 * page, runs.usableSize(address));
    assertFalse(runs.resize(address, 8 * page), "the last one is in the way");
    assertTrue(runs.resize(address, 7 * page));
    assertEquals(FreeResult.INTERIOR, runs.free(next, -1));
    assertEquals(FreeResult.FREED, runs.free(last, -1));
    assertFalse(runs.resize(address, Region.SUPERSLAB_BYTES + 1), "beyond the superslab");
    assertTrue(runs.resize(address, Region.SUPERSLAB_BYTES));
    assertEquals(Region.SUPERSLAB_BYTES, runs.usableSize(address));
  }

  @Test
  void resize_smaller_returnsTheTail() {
    long address = runs.allocate(6 * page, 1, false);
    long wall = runs.allocate((pages - 6) * page, 1, false);
    assertTrue(runs.resize(address, 2 * page - 5));
    assertEquals(2 * page, runs.usableSize(address));
    assertEquals(FreeResult.NOT_ALLOCATED, runs.free(address + 2 * page, -1));
    assertEquals(FreeResult.INTERIOR, runs.free(address + page, -1));
    assertEquals(address + 2 * page, runs.allocate(4 * page, 1, false));
    assertEquals(FreeResult.FREED, runs.free(wall, -1));
  }

  @Test
  void resize_atTheLimit_isRefusedAndLeavesTheBlock() {
    Account small = new Account(4 * page);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    Runs tested = new Runs(os, small, limited, KeptMemoryTest.keepingAll(limited));
    long address = tested.allocate(3 * page, 1, false);
    assertFalse(tested.resize(address, 5 * page));
    assertEquals(3 * page, tested.usableSize(address));
    assertTrue(tested.resize(address, 4 * page));
    assertEquals(0, tested.allocate(1, 1, false));
    assertEquals(4 * page, small.chargedBytes());
    assertEquals(FreeResult.FREED, tested.free(address, -1));
    assertEquals(small.chargedBytes(), limited.verify() + tested.verify());
    assertTrue(small.chargedBytes() <= 4 * page, "still within the limit");
  }

  @Test
  void allocate_zeroed_clearsDirtyPagesOnly() {
    long wall = runs.allocate(page, 1, false);
    long dirty = runs.allocate(4 * page, 1, false);
    CBytes.fill(dirty, 4 * page, (byte) 7);
    assertEquals(FreeResult.FREED, runs.free(dirty, -1));
    long zeroed = runs.allocate(8 * page, 1, true);
    assertEquals(dirty, zeroed);
    for (long at = zeroed; at < zeroed + 8 * page; at += Long.BYTES) {
      assertEquals(0, Memory.getLong(at));
    }
    assertEquals(FreeResult.FREED, runs.free(wall, -1));
  }

  @Test
  void allocate_zeroedInSuperslabThatWasDirtyBefore_isZero() {
    int slices = superslabs.acquireSlices(3, false);
    assertTrue(superslabs.chargePages(slices, 0xffff_ffff_ffffL));
    CBytes.fill(Region.addressOf(slices), 3 * Region.SLICE_BYTES, (byte) 7);
    superslabs.releaseSlices(slices, 3, 0);
    long zeroed = runs.allocate(100 * page, 1, true);
    assertEquals(Region.addressOf(slices), zeroed, "the same superslab");
    for (long at = zeroed; at < zeroed + 100 * page; at += Long.BYTES) {
      assertEquals(0, Memory.getLong(at));
    }
  }

  @Test
  void purge_givesFreePagesBackAndKeepsTheRest() {
    long used = runs.allocate(3 * page, 1, false);
    long free = runs.allocate(5 * page, 1, false);
    CBytes.fill(used, 3 * page, (byte) 3);
    CBytes.fill(free, 5 * page, (byte) 4);
    assertEquals(FreeResult.FREED, runs.free(free, -1));
    assertTrue(runs.hasDirtyFree());
    assertEquals(0, runs.purge(System.nanoTime() - 3_600_000_000_000L), "not old enough");
    assertEquals(5 * page, runs.purge(System.nanoTime()));
    assertFalse(runs.hasDirtyFree());
    assertEquals(3 * page, account.chargedBytes());
    assertEquals(3, Memory.getByte(used + 3 * page - 1));
    assertEquals(0, Memory.getByte(free));
    runs.verify();
  }

  @Test
  void purge_whenRefused_keepsPagesChargedAndUsable() {
    long used = runs.allocate(page, 1, false);
    long free = runs.allocate(5 * page, 1, false);
    assertEquals(FreeResult.FREED, runs.free(free, -1));
    os.refuse((call, number) -> call == Call.DECOMMIT);
    assertEquals(0, runs.purge(System.nanoTime()));
    assertEquals(6 * page, account.chargedBytes());
    runs.verify();
    assertEquals(free, runs.allocate(5 * page, 1, false));
    assertEquals(FreeResult.FREED, runs.free(used, -1));
  }

  @Test
  void purge_whileTheSystemWorks_hidesThePagesFromEverybody() {
    long used = runs.allocate(page, 1, false);
    long free = runs.allocate(5 * page, 1, false);
    assertEquals(FreeResult.FREED, runs.free(free, -1));
    List<Long> seen = new ArrayList<>();
    os.listen(
        (address, byteSize) -> {
          if (seen.isEmpty()) {
            long other = runs.allocate(5 * page, 1, false);
            seen.add(other);
            CBytes.fill(other, 5 * page, (byte) 9);
            assertEquals(FreeResult.NOT_ALLOCATED, runs.free(free, -1), "nobody's block");
            assertEquals(FreeResult.NOT_ALLOCATED, runs.explain(free + page));
            assertFalse(runs.resize(used, 2 * page), "cannot grow into it");
            assertEquals(6 * page, runs.allocatedBytes(), "hidden pages are not allocated");
          }
        });
    runs.purge(System.nanoTime());
    os.listen((address, byteSize) -> {});
    long other = seen.getFirst();
    assertNotEquals(free, other);
    assertEquals(9, Memory.getByte(other + 5 * page - 1));
  }

  @Test
  void purge_whileTheLastRunIsFreed_returnsTheSuperslabAfterwards() {
    long used = runs.allocate(page, 1, false);
    long free = runs.allocate(5 * page, 1, false);
    assertEquals(FreeResult.FREED, runs.free(free, -1));
    os.listen((address, byteSize) -> runs.free(used, -1));
    runs.purge(System.nanoTime());
    os.listen((address, byteSize) -> {});
    runs.releaseRested(System.nanoTime());
    assertEquals(0, PageMap.kindOfSlice(Region.sliceOf(used)));
    superslabs.purge(System.nanoTime());
    assertEquals(0, account.chargedBytes());
  }

  @Test
  void purge_atTheLimit_stillHidesThePages() {
    Account small = new Account(8 * page);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    Runs tested = new Runs(os, small, limited, KeptMemoryTest.keepingAll(limited));
    long used = tested.allocate(page, 1, false);
    long free = tested.allocate(5 * page, 1, false);
    assertEquals(FreeResult.FREED, tested.free(free, -1));
    assertTrue(small.tryCharge(2 * page), "the rest");
    List<Long> seen = new ArrayList<>();
    os.listen(
        (address, byteSize) -> {
          small.uncharge(2 * page);
          seen.add(tested.allocate(2 * page, 1, false));
          CBytes.fill(seen.getFirst(), 2 * page, (byte) 9);
        });
    tested.purge(System.nanoTime());
    os.listen((address, byteSize) -> {});
    long other = seen.getFirst();
    assertEquals(9, Memory.getByte(other), "purged while in use");
    assertEquals(FreeResult.FREED, tested.free(used, -1));
  }

  @Test
  void releaseOfSuperslab_chargesNoMoreThanThePagesThatWereUsed() {
    Account small = new Account(2 * page);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    Runs tested = new Runs(os, small, limited, KeptMemoryTest.keepingAll(limited));
    long address = tested.allocate(2 * page, 1, false);
    assertEquals(FreeResult.FREED, tested.free(address, -1));
    tested.releaseRested(System.nanoTime());
    assertEquals(0, PageMap.kindOfSlice(Region.sliceOf(address)), "any tier may have it");
    assertEquals(2 * page, small.chargedBytes());
    assertEquals(small.chargedBytes(), limited.verify() + tested.verify());
    assertEquals(address, tested.allocate(2 * page, 1, false), "at the limit, and it suffices");
    assertEquals(0, tested.allocate(1, 1, false));
    assertEquals(small.chargedBytes(), limited.verify() + tested.verify());
  }

  @Test
  void randomOperations_againstIntervalMap_agree() {
    SplittableRandom random = new SplittableRandom(11);
    Intervals model = new Intervals();
    List<Long> addresses = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      int dice = random.nextInt(100);
      if (dice < 45 && addresses.size() < 300) {
        long size = 1 + random.nextLong((1 + random.nextInt(60)) * page);
        long alignment = random.nextInt(5) == 0 ? page << random.nextInt(7) : 1;
        long address = runs.allocate(size, alignment, false);
        assertEquals(0, address % Math.max(alignment, page));
        model.enter(address, runs.usableSize(address), step);
        addresses.add(address);
        assertEquals(Bits.alignUp(size, page), runs.usableSize(address));
      } else if (dice < 65 && !addresses.isEmpty()) {
        long address = addresses.get(random.nextInt(addresses.size()));
        long size = 1 + random.nextLong(60 * page);
        long before = runs.usableSize(address);
        boolean done = runs.resize(address, size);
        long after = done ? Bits.alignUp(size, page) : before;
        assertTrue(done || size > before, "shrinking always works");
        assertEquals(after, runs.usableSize(address));
        model.remove(address);
        model.enter(address, after, step);
      } else if (!addresses.isEmpty()) {
        int at = random.nextInt(addresses.size());
        long address = addresses.get(at);
        addresses.set(at, addresses.getLast());
        addresses.removeLast();
        long size = model.remove(address);
        assertEquals(FreeResult.FREED, runs.free(address, random.nextBoolean() ? -1 : size));
      }
      if (step % 500 == 0) {
        runs.purge(System.nanoTime());
        assertEquals(model.sum(), runs.allocatedBytes());
        assertEquals(account.chargedBytes(), superslabs.verify() + runs.verify());
      }
    }
    for (long address : addresses) {
      assertEquals(FreeResult.FREED, runs.free(address, -1));
    }
    runs.purge(System.nanoTime());
    superslabs.purge(System.nanoTime());
    assertEquals(0, account.chargedBytes());
  }

  private static int superslabOf(long address) {
    return Region.sliceOf(address) / Region.SLICES_PER_SUPERSLAB;
  }
}
