// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What freed large blocks leave in memory. */
final class KeptMemoryTest {

  private static final long MIB = 1 << 20;
  private static final long RUN = 256 << 10;
  private static final long MOST = 4 * MIB;

  /** Rounds of allocating and freeing after which a block stays. */
  private static final int LEARNING = 8;

  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private final FakeOsMemory os = TestRegion.wiped();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final KeptMemory kept = new KeptMemory(superslabs, MOST);
  private final LargeBlocks large = new LargeBlocks(os, account, superslabs, kept);

  @AfterEach
  void verify() {
    assertEquals(account.chargedBytes(), superslabs.verify() + large.verify());
  }

  @Test
  void runFreedForGood_goesBackAtOnceAndReadsAsZero() {
    long wall = allocate(RUN);
    long address = allocate(RUN);
    free(address);
    assertEquals(RUN, account.chargedBytes());
    assertEquals(0, kept.keptBytes());
    long zeroed = large.allocate(RUN, 1, true);
    assertEquals(address, zeroed);
    assertZero(zeroed, RUN);
    free(zeroed);
    free(wall);
  }

  @Test
  void runThatIsNeededAgain_isKeptFromThenOn() {
    allocate(RUN);
    for (int round = 0; round < 20; round++) {
      long advised = os.callCounts().advise();
      free(allocate(RUN));
      assertEquals(round < LEARNING ? 1 : 0, os.callCounts().advise() - advised, "round " + round);
    }
    assertEquals(RUN, kept.keptBytes());
    assertEquals(2 * RUN, account.chargedBytes());
    free(allocate(2 * RUN));
    assertEquals(RUN, account.chargedBytes(), "twice as much is more than is known to be needed");
  }

  @Test
  void runThatLeavesItsSuperslabEmpty_isKeptLikeAnyOther() {
    for (int round = 0; round < 20; round++) {
      long advised = os.callCounts().advise();
      free(allocate(RUN));
      assertEquals(round < LEARNING ? 1 : 0, os.callCounts().advise() - advised, "round " + round);
    }
    assertEquals(RUN, kept.keptBytes());
    large.releaseRested(System.nanoTime());
    assertEquals(RUN, kept.keptBytes());
    assertEquals(RUN, account.chargedBytes());
    int slice = superslabs.acquireSlices(32, false);
    assertEquals(0, kept.keptBytes(), "slabs have it now");
    superslabs.releaseSlices(slice, 32, System.nanoTime());
  }

  @Test
  void hugeBlockThatIsNeededAgain_isKeptFromThenOn() {
    for (int round = 0; round < 3 * LEARNING; round++) {
      long advised = os.callCounts().advise();
      free(allocate(3 * MIB));
      long calls = os.callCounts().advise() - advised;
      assertTrue(calls == 2 || round > 0, "one for each superslab");
      assertTrue(calls == 0 || round < 2 * LEARNING, "round " + round);
    }
    assertEquals(3 * MIB, kept.keptBytes());
    assertEquals(3 * MIB, account.chargedBytes());
  }

  @Test
  void blockBeyondTheBound_keepsNoMoreThanThat() {
    for (int round = 0; round < 5 * LEARNING; round++) {
      long address = allocate(11 * MIB);
      CBytes.fill(address, 11 * MIB, (byte) 7);
      free(address);
      assertTrue(account.chargedBytes() <= MOST, account.chargedBytes() + " bytes");
    }
    assertTrue(kept.keptBytes() > MOST - Region.SUPERSLAB_BYTES, "as much as there is room for");
    long zeroed = large.allocate(11 * MIB, 1, true);
    assertZero(zeroed, 11 * MIB);
    free(zeroed);
    List<Long> runs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      runs.add(allocate(RUN));
    }
    runs.forEach(this::free);
    assertTrue(account.chargedBytes() <= MOST, account.chargedBytes() + " bytes");
  }

  @Test
  void beyondTheBound_whatIsFreeForLongestGoesBack() {
    comeAndGo(3 * MIB);
    long first = allocate(3 * MIB);
    long wall = allocate(2 * MIB);
    long second = allocate(3 * MIB);
    CBytes.fill(first, 3 * MIB, (byte) 7);
    CBytes.fill(second, 3 * MIB, (byte) 7);
    free(first);
    assertEquals(8 * MIB, account.chargedBytes(), "all of it may stay");
    free(second);
    assertEquals(2 * MIB + 3 * MIB, account.chargedBytes());
    assertEquals(0, Memory.getByte(first));
    assertEquals(7, Memory.getByte(second), "freed last");
    free(wall);
  }

  @Test
  void purgeSteps_lowerTheBoundToWhatIsTaken() {
    comeAndGo(3 * MIB);
    assertEquals(3 * MIB, account.chargedBytes());
    large.purge(System.nanoTime() - HOUR_NANOS);
    free(allocate(3 * MIB));
    assertEquals(3 * MIB, account.chargedBytes(), "it was taken since the last step");
    large.purge(System.nanoTime() - HOUR_NANOS);
    large.purge(System.nanoTime() - HOUR_NANOS);
    free(allocate(3 * MIB));
    assertTrue(account.chargedBytes() <= 3 * MIB / 2, account.chargedBytes() + " bytes");
  }

  @Test
  void memoryNeededLongAfterItWentBack_wouldHaveBeenPurgedAnyway() {
    long wall = allocate(RUN);
    for (int round = 0; round < 2 * LEARNING; round++) {
      free(allocate(RUN));
      free(allocate(3 * MIB));
      large.purge(System.nanoTime());
      superslabs.purge(System.nanoTime());
    }
    assertEquals(RUN, account.chargedBytes());
    free(wall);
  }

  @Test
  void shrinking_keepsNoMoreThanFreeing() {
    long run = allocate(4 * RUN);
    long huge = allocate(6 * MIB);
    assertTrue(large.resize(run, RUN, PageMap.ACE));
    assertTrue(large.resize(huge, 3 * MIB, PageMap.HUGE));
    assertEquals(RUN + 3 * MIB, account.chargedBytes());
    for (int round = 0; round < LEARNING; round++) {
      assertTrue(large.resize(run, 4 * RUN, PageMap.ACE));
      assertTrue(large.resize(run, RUN, PageMap.ACE));
    }
    assertEquals(4 * RUN + 3 * MIB, account.chargedBytes(), "needed again and again: kept");
  }

  @Test
  void freeOfWhatTheSystemDoesNotTake_keepsItChargedAndUsable() {
    os.refuse((call, number) -> call == Call.DECOMMIT);
    long wall = allocate(RUN);
    long run = allocate(RUN);
    long huge = allocate(3 * MIB);
    CBytes.fill(run, RUN, (byte) 7);
    CBytes.fill(huge, 3 * MIB, (byte) 7);
    free(run);
    free(huge);
    assertEquals(2 * RUN + 3 * MIB, account.chargedBytes());
    verify();
    assertZero(large.allocate(RUN, 1, true), RUN);
    assertZero(large.allocate(3 * MIB, 1, true), 3 * MIB);
    assertEquals(2 * RUN + 3 * MIB, account.chargedBytes());
    free(wall);
  }

  @Test
  void freeWhileTheSystemWorks_hidesThePagesFromEverybody() {
    long wall = allocate(RUN);
    long run = allocate(RUN);
    long huge = allocate(3 * MIB);
    List<Long> seen = new ArrayList<>();
    os.listen(
        (address, byteSize) -> {
          if (seen.size() < 2) {
            int kind = address == run ? PageMap.ACE : PageMap.HUGE;
            assertEquals(FreeResult.NOT_ALLOCATED, large.free(address, -1, kind), "freed twice");
            long size = address == run ? RUN : 3 * MIB;
            long other = allocate(size);
            assertNotEquals(address, other);
            CBytes.fill(other, size, (byte) 9);
            seen.add(other);
          }
        });
    free(run);
    free(huge);
    os.listen((address, byteSize) -> {});
    assertEquals(9, Memory.getByte(seen.get(0) + RUN - 1));
    assertEquals(9, Memory.getByte(seen.get(1) + 3 * MIB - 1));
    seen.forEach(this::free);
    free(wall);
  }

  @Test
  void randomOperations_keepTheBoundAndZeroes() {
    SplittableRandom random = new SplittableRandom(17);
    List<Long> blocks = new ArrayList<>();
    long live = 0;
    for (int step = 0; step < 6000; step++) {
      if (random.nextInt(100) < 50 && blocks.size() < 40) {
        long size = 1 + random.nextLong(random.nextInt(10) == 0 ? 6 * MIB : 900_000);
        boolean zeroed = random.nextInt(4) == 0;
        long address = large.allocate(size, 1, zeroed);
        long usable = large.usableSize(address, kind(address));
        if (zeroed) {
          assertZero(address, usable);
        }
        CBytes.fill(address, usable, (byte) -1);
        live += Math.max(usable, chargedFor(address, usable));
        blocks.add(address);
      } else if (!blocks.isEmpty()) {
        long address = blocks.remove(random.nextInt(blocks.size()));
        long usable = large.usableSize(address, kind(address));
        free(address);
        live -= Math.max(usable, chargedFor(address, usable));
      }
      if (step % 100 == 99) {
        large.purge(System.nanoTime() - (step % 200 == 99 ? HOUR_NANOS : 0));
        verify();
      }
      assertTrue(kept.keptBytes() <= MOST + Region.SUPERSLAB_BYTES, "step " + step);
      assertTrue(account.chargedBytes() <= live + MOST + Region.SUPERSLAB_BYTES, "step " + step);
    }
    blocks.forEach(this::free);
    large.purge(System.nanoTime());
    superslabs.purge(System.nanoTime());
    assertEquals(0, account.chargedBytes());
  }

  /** Keeps what was freed, as far as it has to do with a bound. */
  static KeptMemory keepingAll(Superslabs superslabs) {
    KeptMemory all = new KeptMemory(superslabs, Long.MAX_VALUE);
    all.take(0, Long.MAX_VALUE);
    return all;
  }

  private void comeAndGo(long byteSize) {
    for (int round = 0; round < 2 * LEARNING; round++) {
      free(allocate(byteSize));
    }
  }

  private static long chargedFor(long address, long usable) {
    long slice = Region.SLICE_BYTES;
    return kind(address) == PageMap.HUGE ? (usable + slice - 1) / slice * slice : usable;
  }

  private long allocate(long byteSize) {
    long address = large.allocate(byteSize, 1, false);
    assertNotEquals(0, address);
    return address;
  }

  private void free(long address) {
    assertEquals(FreeResult.FREED, large.free(address, -1, kind(address)));
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
