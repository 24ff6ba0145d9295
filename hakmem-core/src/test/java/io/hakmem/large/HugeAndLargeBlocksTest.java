// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Huge blocks, and the border to the runs below them. */
final class HugeAndLargeBlocksTest {

  private static final long MIB = 1 << 20;
  private static final long SLICE = Region.SLICE_BYTES;

  private final FakeOsMemory os = TestRegion.wiped();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final LargeBlocks large =
      new LargeBlocks(os, account, superslabs, KeptMemoryTest.keepingAll(superslabs));
  private final long page = os.pageBytes();

  @AfterEach
  void verify() {
    assertEquals(account.chargedBytes(), superslabs.verify() + large.verify());
  }

  @Test
  void allocate_overOneMebibyte_chargesWholeSlicesOfWhatIsUsed() {
    long address = large.allocate(3 * MIB + 1, 1, false);
    assertEquals(PageMap.HUGE, kind(address));
    assertEquals(3 * MIB + page, large.usableSize(address, PageMap.HUGE));
    assertEquals(3 * MIB + SLICE, account.chargedBytes());
    assertEquals(3 * MIB + page, large.allocatedBytes());
    CBytes.fill(address, 3 * MIB + page, (byte) 1);
  }

  @Test
  void allocate_atTheBorders_isServedByTheRightTier() {
    assertEquals(PageMap.ACE, kind(large.allocate(MIB, 1, false)));
    assertEquals(PageMap.HUGE, kind(large.allocate(MIB + 1, 1, false)));
    assertEquals(PageMap.ACE, kind(large.allocate(1, MIB, false)));
    assertEquals(PageMap.HUGE, kind(large.allocate(1, 2 * MIB, false)));
    assertEquals(0, large.allocate(-1, 1, false));
    assertEquals(0, large.allocate(Long.MAX_VALUE, 1, false));
    assertEquals(0, large.allocate(TestRegion.BYTES + 1, 1, false));
    assertEquals(0, large.allocate(1, TestRegion.BYTES * 2, false));
    long zero = large.allocate(0, 1, false);
    assertEquals(page, large.usableSize(zero, PageMap.ACE));
  }

  @Test
  void allocate_withAlignment_isAMultiple() {
    large.allocate(2 * MIB, 1, false);
    for (long alignment = 2 * MIB; alignment <= 64 * MIB; alignment <<= 1) {
      long address = large.allocate(5 * MIB, alignment, false);
      assertEquals(0, address % alignment);
    }
  }

  @Test
  void freeAndExplain_ofEverySliceOfABlock_areExact() {
    long address = large.allocate(5 * MIB - 10 * page, 1, false);
    long end = address + 5 * MIB - 10 * page;
    for (long at = address + 16; at < address + 6 * MIB; at += SLICE / 2) {
      int expected = at < end ? FreeResult.INTERIOR : FreeResult.NOT_ALLOCATED;
      assertEquals(expected, large.explain(at, PageMap.HUGE), "offset " + (at - address));
      assertEquals(expected, large.free(at, -1, PageMap.HUGE));
      assertEquals(0, large.usableSize(at, PageMap.HUGE));
    }
    assertEquals(FreeResult.INTERIOR, large.explain(end - 1, PageMap.HUGE));
    assertEquals(FreeResult.NOT_ALLOCATED, large.explain(end, PageMap.HUGE));
    assertEquals(FreeResult.WRONG_SIZE, large.free(address, 5 * MIB, PageMap.HUGE));
    assertEquals(FreeResult.FREED, large.free(address, 5 * MIB - 11 * page + 1, PageMap.HUGE));
    assertEquals(0, kind(address));
    assertEquals(0, kind(address + 5 * MIB));
    assertEquals(FreeResult.NOT_ALLOCATED, large.free(address, -1, PageMap.HUGE));
  }

  @Test
  void allocate_zeroed_clearsWhatWasThereBefore() {
    long address = large.allocate(4 * MIB, 1, false);
    CBytes.fill(address, 4 * MIB, (byte) 7);
    assertEquals(FreeResult.FREED, large.free(address, -1, PageMap.HUGE));
    long zeroed = large.allocate(3 * MIB, 1, true);
    assertEquals(address, zeroed);
    assertZero(zeroed, 3 * MIB);
  }

  @Test
  void allocate_zeroedAfterRunsWereThere_isZero() {
    long run = large.allocate(MIB, 1, false);
    CBytes.fill(run, MIB, (byte) 7);
    assertEquals(FreeResult.FREED, large.free(run, -1, PageMap.ACE));
    large.releaseRested(System.nanoTime());
    long zeroed = large.allocate(2 * MIB, 1, true);
    assertEquals(run, zeroed);
    assertZero(zeroed, 2 * MIB);
    assertEquals(FreeResult.FREED, large.free(zeroed, -1, PageMap.HUGE));
    CBytes.fill(run, 2 * MIB, (byte) 8);
    long again = large.allocate(MIB, 1, true);
    assertEquals(run, again);
    assertZero(again, MIB);
  }

  @Test
  void resize_growsInPlaceIfWhatFollowsIsFree() {
    long address = large.allocate(2 * MIB, 1, false);
    assertTrue(large.resize(address, 3 * MIB, PageMap.HUGE));
    assertEquals(3 * MIB, large.usableSize(address, PageMap.HUGE));
    assertEquals(3 * MIB, account.chargedBytes());
    assertEquals(PageMap.HUGE, kind(address + 3 * MIB));
    long next = large.allocate(2 * MIB, 1, false);
    assertFalse(large.resize(address, 5 * MIB, PageMap.HUGE), "taken");
    assertTrue(large.resize(address, 4 * MIB, PageMap.HUGE), "inside its own superslabs");
    assertEquals(FreeResult.FREED, large.free(next, -1, PageMap.HUGE));
    assertTrue(large.resize(address, 20 * MIB, PageMap.HUGE));
    CBytes.fill(address, 20 * MIB, (byte) 1);
    assertEquals(FreeResult.FREED, large.free(address, 20 * MIB, PageMap.HUGE));
  }

  @Test
  void resize_smaller_givesTheTailBackAndKeepsContents() {
    long address = large.allocate(9 * MIB, 1, false);
    CBytes.fill(address, 9 * MIB, (byte) 5);
    assertTrue(large.resize(address, 3 * MIB + page, PageMap.HUGE));
    assertEquals(3 * MIB + page, large.usableSize(address, PageMap.HUGE));
    assertEquals(0, kind(address + 4 * MIB));
    assertEquals(FreeResult.NOT_ALLOCATED, large.explain(address + 3 * MIB + page, PageMap.HUGE));
    for (long at = address; at < address + 3 * MIB + page; at += 1024) {
      assertEquals(5, Memory.getByte(at));
    }
    superslabs.purge(System.nanoTime());
    assertEquals(3 * MIB + SLICE, account.chargedBytes());
    assertTrue(large.resize(address, 4 * MIB, PageMap.HUGE));
    assertEquals(5, Memory.getByte(address + 3 * MIB + page - 1));
  }

  @Test
  void resize_overTheBorderOfTheTiers_isRefused() {
    long run = large.allocate(MIB, 1, false);
    assertFalse(large.resize(run, MIB + 1, PageMap.ACE));
    long huge = large.allocate(2 * MIB, 1, false);
    assertFalse(large.resize(huge, MIB, PageMap.HUGE));
    assertFalse(large.resize(huge, 0, PageMap.HUGE));
    assertFalse(large.resize(huge + page, 2 * MIB, PageMap.HUGE), "not its start");
    assertFalse(large.resize(huge, Long.MAX_VALUE, PageMap.HUGE));
  }

  @Test
  void resize_huge_toALittleOfItsSize_staysInPlace() {
    long address = large.allocate(40 * MIB, 1, false);
    CBytes.fill(address, 40 * MIB, (byte) 5);
    assertTrue(large.resize(address, 2 * MIB, PageMap.HUGE));
    assertEquals(5, Memory.getByte(address + 2 * MIB - 1));
    large.purge(System.nanoTime());
    superslabs.purge(System.nanoTime());
    assertEquals(2 * MIB, account.chargedBytes());
  }

  @Test
  void move_takesPagesAndChargeAlongAndLeavesACleanPlace() {
    long address = large.allocate(3 * MIB, 1, false);
    long wall = large.allocate(2 * MIB, 1, false);
    write(address, 3 * MIB);
    assertFalse(large.resize(address, 5 * MIB, PageMap.HUGE), "the wall is in the way");
    long copied = os.callCounts().remap();
    long moved = large.move(address, 5 * MIB);
    assertEquals(copied + 2, os.callCounts().remap(), "moved by one call there and one back");
    assertNotEquals(address, moved);
    assertEquals(5 * MIB, large.usableSize(moved, PageMap.HUGE));
    assertEquals(7 * MIB, account.chargedBytes(), "nothing is charged for the old place");
    assertWritten(moved, 3 * MIB);
    assertEquals(0, kind(address));
    assertEquals(PageMap.HUGE, kind(moved + 5 * MIB - 1));
    assertEquals(FreeResult.NOT_ALLOCATED, large.free(address, -1, PageMap.HUGE));
    long again = large.allocate(4 * MIB, 1, true);
    assertEquals(address, again, "its place is free");
    assertZero(again, 4 * MIB);
    assertEquals(FreeResult.FREED, large.free(wall, -1, PageMap.HUGE));
    assertEquals(FreeResult.FREED, large.free(moved, 5 * MIB, PageMap.HUGE));
  }

  @Test
  void move_leavesRoomToGrowOn() {
    long hole = large.allocate(18 * MIB, 1, false);
    long address = large.allocate(8 * MIB, 1, false);
    large.allocate(2 * MIB, 1, false);
    write(address, 8 * MIB);
    assertEquals(FreeResult.FREED, large.free(hole, -1, PageMap.HUGE));
    long moved = large.move(address, 10 * MIB);
    assertTrue(moved > address, "the hole has room for the block, not for as much again");
    // Something else that needs a place does not get it right behind the block.
    assertTrue(large.allocate(6 * MIB, 1, false) < moved);
    assertTrue(large.resize(moved, 20 * MIB, PageMap.HUGE));
    assertWritten(moved, 8 * MIB);
  }

  @Test
  void move_withoutRoomToGrowOn_takesWhatThereIs() {
    long address = large.allocate(40 * MIB, 1, false);
    large.allocate(40 * MIB, 1, false);
    write(address, 40 * MIB);
    long moved = large.move(address, 150 * MIB);
    assertNotEquals(0, moved);
    assertWritten(moved, 40 * MIB);
    assertEquals(0, large.move(moved, 200 * MIB), "no such place in the region");
    assertEquals(150 * MIB, large.usableSize(moved, PageMap.HUGE));
    assertWritten(moved, 40 * MIB);
  }

  @Test
  void move_ofWhatCannotMove_changesNothing() {
    long run = large.allocate(MIB, 1, false);
    long block = large.allocate(4 * MIB, 1, false);
    assertEquals(0, large.move(block + 2 * MIB, 8 * MIB), "not its start");
    assertEquals(0, large.move(block + page, 8 * MIB), "not its start");
    assertEquals(0, large.move(block, MIB), "no longer huge");
    assertEquals(0, large.move(block, 3 * MIB), "shrinks in place");
    assertEquals(0, large.move(block, Long.MAX_VALUE));
    assertEquals(0, large.move(run, 8 * MIB), "a run");
    assertEquals(4 * MIB, large.usableSize(block, PageMap.HUGE));
    assertEquals(MIB, large.usableSize(run, PageMap.ACE));
  }

  @Test
  void move_ofABlockThatMovedAndGrewBefore_takesBothMappings() {
    long address = large.allocate(4 * MIB, 1, false);
    large.allocate(2 * MIB, 1, false);
    write(address, 4 * MIB);
    address = large.move(address, 6 * MIB);
    assertTrue(large.resize(address, 12 * MIB, PageMap.HUGE));
    write(address, 12 * MIB);
    large.allocate(2 * MIB, 1, false);
    large.allocate(2 * MIB, 1, false);
    while (large.resize(address, large.usableSize(address, PageMap.HUGE) + MIB, PageMap.HUGE)) {
      large.allocate(2 * MIB, 1, false);
    }
    long usable = large.usableSize(address, PageMap.HUGE);
    long advised = os.callCounts().advise();
    long moved = large.move(address, usable + MIB);
    assertNotEquals(0, moved);
    assertWritten(moved, 12 * MIB);
    assertEquals(advised, os.callCounts().advise(), "nothing was copied");
    large.verify();
  }

  @Test
  void move_whenRefused_copiesASuperslabAtATime() {
    os.refuse((call, number) -> call == Call.MOVE);
    long address = large.allocate(9 * MIB, 1, false);
    large.allocate(2 * MIB, 1, false);
    write(address, 9 * MIB);
    long moved = large.move(address, 11 * MIB);
    assertNotEquals(address, moved);
    assertWritten(moved, 9 * MIB);
    assertEquals(13 * MIB, account.chargedBytes());
    assertTrue(account.peakBytes() <= 13 * MIB + Region.SUPERSLAB_BYTES, "one superslab twice");
    assertZero(address, 10 * MIB);
  }

  @Test
  void move_whenAnyCallsAreRefused_keepsContentsAndAccount() {
    for (int round = 0; round < 64; round++) {
      int refused = round;
      long address = large.allocate(5 * MIB, 1, false);
      long wall = large.allocate(2 * MIB, 1, false);
      write(address, 5 * MIB);
      os.refuse((call, number) -> number > 6 ? (refused & 1) != 0 : (refused >>> number & 1) != 0);
      long moved = large.move(address, 7 * MIB);
      os.refuse(FakeOsMemory.Refusal.NEVER);
      long now = moved == 0 ? address : moved;
      assertWritten(now, 5 * MIB);
      assertEquals(moved == 0 ? 5 * MIB : 7 * MIB, large.usableSize(now, PageMap.HUGE));
      assertEquals(account.chargedBytes(), superslabs.verify() + large.verify());
      assertEquals(FreeResult.FREED, large.free(now, -1, PageMap.HUGE));
      assertEquals(FreeResult.FREED, large.free(wall, -1, PageMap.HUGE));
      large.purge(System.nanoTime());
      superslabs.purge(System.nanoTime());
      assertEquals(0, account.chargedBytes(), "round " + round);
    }
  }

  @Test
  void move_atTheLimit_neverExceedsIt() {
    for (long limit = 10 * MIB; limit <= 16 * MIB; limit += MIB / 2) {
      for (boolean refuse : new boolean[] {false, true}) {
        Account small = new Account(limit);
        Superslabs limited = new Superslabs(TestRegion.wiped(), small);
        LargeBlocks tested =
            new LargeBlocks(os, small, limited, KeptMemoryTest.keepingAll(limited));
        os.refuse((call, number) -> refuse && call == Call.MOVE);
        long address = tested.allocate(7 * MIB, 1, false);
        tested.allocate(2 * MIB, 1, false);
        write(address, 7 * MIB);
        long moved = tested.move(address, 9 * MIB);
        long needed = 11 * MIB + (refuse ? Region.SUPERSLAB_BYTES : 0);
        assertEquals(needed <= limit, moved != 0, "limit " + limit + ", refused " + refuse);
        assertWritten(moved == 0 ? address : moved, 7 * MIB);
        assertTrue(small.peakBytes() <= limit, small.peakBytes() + " of " + limit);
        assertEquals(small.chargedBytes(), limited.verify() + tested.verify());
      }
    }
    os.refuse(FakeOsMemory.Refusal.NEVER);
  }

  @Test
  void purge_joinsTheMappingsOfPlacesThatAreFreeAgain() throws IOException {
    long used = large.allocate(100 * MIB, 1, false);
    assertEquals(FreeResult.FREED, large.free(used, -1, PageMap.HUGE));
    long before = mappings();
    List<Long> moved = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      long address = large.allocate(2 * MIB, 1, false);
      large.allocate(2 * MIB, 1, false);
      write(address, 2 * MIB);
      moved.add(large.move(address, 3 * MIB));
    }
    assertTrue(mappings() > before, "each is a mapping of its own");
    for (long address : moved) {
      assertEquals(FreeResult.FREED, large.free(address, -1, PageMap.HUGE));
    }
    long scattered = mappings();
    large.purge(System.nanoTime() - 3_600_000_000_000L);
    assertEquals(scattered, mappings(), "not old enough");
    large.purge(System.nanoTime());
    assertEquals(before, mappings());
    assertZero(moved.getFirst(), 4 * MIB);
    superslabs.purge(System.nanoTime());
    assertEquals(16 * MIB, account.chargedBytes());
  }

  @Test
  void purge_whenTheSystemRefusesToJoinMappings_leavesThemUsable() throws IOException {
    long used = large.allocate(100 * MIB, 1, false);
    assertEquals(FreeResult.FREED, large.free(used, -1, PageMap.HUGE));
    long before = mappings();
    for (Call refused : new Call[] {Call.RESERVE, Call.COMMIT, Call.MOVE}) {
      long address = large.allocate(2 * MIB, 1, false);
      long wall = large.allocate(2 * MIB, 1, false);
      write(address, 2 * MIB);
      long moved = large.move(address, 3 * MIB);
      assertEquals(FreeResult.FREED, large.free(moved, -1, PageMap.HUGE));
      long reserved = os.reservedBytes();
      os.refuse((call, number) -> call == refused);
      large.purge(System.nanoTime());
      os.refuse(FakeOsMemory.Refusal.NEVER);
      assertEquals(reserved, os.reservedBytes());
      assertTrue(mappings() > before);
      assertEquals(account.chargedBytes(), superslabs.verify() + large.verify());
      superslabs.purge(System.nanoTime());
      large.purge(System.nanoTime());
      assertEquals(before, mappings());
      assertEquals(FreeResult.FREED, large.free(wall, -1, PageMap.HUGE));
    }
  }

  @Test
  void trim_whenRefused_keepsTheTailCharged() {
    long address = large.allocate(2 * MIB, 1, false);
    os.refuse((call, number) -> call == Call.DECOMMIT);
    assertTrue(large.resize(address, MIB + page, PageMap.HUGE));
    assertEquals(2 * MIB, account.chargedBytes());
    os.refuse(FakeOsMemory.Refusal.NEVER);
    assertEquals(FreeResult.FREED, large.free(address, -1, PageMap.HUGE));
    superslabs.purge(System.nanoTime());
    assertEquals(0, account.chargedBytes());
  }

  @Test
  void limit_whenReached_refusesAndLeavesStateSound() {
    Account small = new Account(4 * MIB);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    LargeBlocks tested = new LargeBlocks(os, small, limited, KeptMemoryTest.keepingAll(limited));
    assertEquals(0, tested.allocate(4 * MIB + 1, 1, false));
    assertEquals(small.chargedBytes(), limited.verify() + tested.verify());
    limited.purge(System.nanoTime());
    assertEquals(0, small.chargedBytes());
    long address = tested.allocate(3 * MIB, 1, false);
    assertFalse(tested.resize(address, 6 * MIB, PageMap.HUGE));
    assertEquals(3 * MIB, tested.usableSize(address, PageMap.HUGE));
    assertEquals(small.chargedBytes(), limited.verify() + tested.verify());
    assertEquals(FreeResult.FREED, tested.free(address, -1, PageMap.HUGE));
    limited.purge(System.nanoTime());
    assertEquals(0, small.chargedBytes());
  }

  @Test
  void region_whenExhausted_isRefusedAndUsableAfterwards() {
    long all = large.allocate(TestRegion.BYTES, 1, false);
    assertEquals(Region.BASE, all);
    assertEquals(0, large.allocate(2 * MIB, 1, false));
    assertEquals(0, large.allocate(1, 1, false));
    assertFalse(large.resize(all, TestRegion.BYTES + 1, PageMap.HUGE));
    assertEquals(FreeResult.FREED, large.free(all, -1, PageMap.HUGE));
    assertEquals(Region.BASE, large.allocate(TestRegion.BYTES, 1, false));
  }

  @Test
  void randomOperations_againstIntervalMap_agree() {
    SplittableRandom random = new SplittableRandom(13);
    Intervals model = new Intervals();
    List<Long> addresses = new ArrayList<>();
    for (int step = 0; step < 5000; step++) {
      int dice = random.nextInt(100);
      if (dice < 45 && addresses.size() < 25) {
        long size = 1 + random.nextLong(8 * MIB);
        long alignment = random.nextInt(5) == 0 ? 1L << (12 + random.nextInt(12)) : 1;
        long address = large.allocate(size, alignment, false);
        if (address == 0) {
          continue; // the region is small
        }
        assertEquals(0, address % alignment);
        model.enter(address, large.usableSize(address, kind(address)), step);
        addresses.add(address);
      } else if (dice < 65 && !addresses.isEmpty()) {
        int at = random.nextInt(addresses.size());
        long address = addresses.get(at);
        long size = 1 + random.nextLong(8 * MIB);
        boolean done = large.resize(address, size, kind(address));
        long moved = done || kind(address) != PageMap.HUGE ? 0 : large.move(address, size);
        long now = moved == 0 ? address : moved;
        if (done || moved != 0) {
          assertEquals(large.roundUp(size), large.usableSize(now, kind(now)));
        }
        model.remove(address);
        addresses.set(at, now);
        model.enter(now, large.usableSize(now, kind(now)), step);
      } else if (!addresses.isEmpty()) {
        int at = random.nextInt(addresses.size());
        long address = addresses.get(at);
        addresses.set(at, addresses.getLast());
        addresses.removeLast();
        long size = model.remove(address);
        assertEquals(FreeResult.FREED, large.free(address, size, kind(address)));
      }
      if (step % 100 == 0) {
        large.purge(System.nanoTime());
        superslabs.purge(System.nanoTime());
        assertEquals(model.sum(), large.allocatedBytes());
        assertEquals(account.chargedBytes(), superslabs.verify() + large.verify());
      }
    }
    for (long address : addresses) {
      assertEquals(FreeResult.FREED, large.free(address, -1, kind(address)));
    }
    large.purge(System.nanoTime());
    superslabs.purge(System.nanoTime());
    assertEquals(0, account.chargedBytes());
  }

  /** Mappings of the region's blocks, as the kernel lists them. */
  private static long mappings() throws IOException {
    long count = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      long from = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
      count += from >= Region.BASE && from < Region.BASE + TestRegion.BYTES ? 1 : 0;
    }
    return count;
  }

  private static void write(long from, long byteSize) {
    for (long at = from; at < from + byteSize; at += 512) {
      Memory.putLong(at, at - from + 1);
    }
  }

  private static void assertWritten(long from, long byteSize) {
    for (long at = from; at < from + byteSize; at += 512) {
      assertEquals(at - from + 1, Memory.getLong(at), "at " + (at - from));
    }
  }

  private static int kind(long address) {
    return PageMap.kind(PageMap.entry(address));
  }

  private static void assertZero(long from, long byteSize) {
    for (long at = from; at < from + byteSize; at += Long.BYTES) {
      assertEquals(0, Memory.getLong(at), "at " + (at - from));
    }
  }
}
