// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slices and whole superslabs: where they come from, what they cost, and that they come back. */
final class SuperslabsTest {

  private static final int SLICES = Region.SLICES_PER_SUPERSLAB;
  private static final int CAPACITY = (int) (TestRegion.BYTES >>> Region.SUPERSLAB_SHIFT);
  private static final int ALL = -1;
  private static final long WHOLE_SLICE = 0xffff;

  private final FakeOsMemory os = TestRegion.wiped();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final long mapPage = Math.max(os.pageBytes(), 4096);

  @AfterEach
  void verify() {
    superslabs.verify();
  }

  /** Takes slices and charges all their pages. */
  private int acquireCharged(int count, boolean withLiveMap) {
    int slice = superslabs.acquireSlices(count, withLiveMap);
    for (int i = 0; i < count; i++) {
      assertTrue(superslabs.chargePages(slice + i, WHOLE_SLICE));
    }
    return slice;
  }

  @Test
  void acquireSlices_ofEverySize_areApartAndInOneSuperslab() {
    BitSet taken = new BitSet();
    for (int count = 1; count <= SLICES; count++) {
      int slice = acquireCharged(count, false);
      assertEquals(slice / SLICES, (slice + count - 1) / SLICES, "in one superslab");
      assertTrue(taken.get(slice, slice + count).isEmpty(), "overlap");
      taken.set(slice, slice + count);
      CBytes.fill(Region.addressOf(slice), count * Region.SLICE_BYTES, (byte) count);
    }
    assertEquals(taken.cardinality() * Region.SLICE_BYTES, account.chargedBytes());
  }

  @Test
  void acquireSlices_takesTheShortestRunThatSuffices() {
    int a = superslabs.acquireSlices(SLICES, false);
    int b = superslabs.acquireSlices(SLICES, false);
    int c = superslabs.acquireSlices(SLICES, false);
    superslabs.releaseSlices(a + 4, 9, 0);
    superslabs.releaseSlices(b + 8, 5, 0);
    superslabs.releaseSlices(c + 2, 3, 0);
    assertEquals(c + 2, superslabs.acquireSlices(3, false));
    assertEquals(b + 8, superslabs.acquireSlices(4, false));
    assertEquals(a + 4, superslabs.acquireSlices(6, false));
    assertEquals(b + 12, superslabs.acquireSlices(1, false));
    assertEquals(a + 10, superslabs.acquireSlices(3, false));
  }

  @Test
  void acquireSlices_prefersDirtyOnes() {
    int first = superslabs.acquireSlices(4, false);
    int second = acquireCharged(4, false);
    superslabs.releaseSlices(second, 4, 0);
    long charged = account.chargedBytes();
    assertEquals(second, superslabs.acquireSlices(2, false));
    assertEquals(charged, account.chargedBytes(), "dirty slices are charged already");
    assertEquals(first + 6, superslabs.acquireSlices(2, false));
  }

  @Test
  void purge_beforeTheTime_takesNothing() {
    int slice = acquireCharged(1, false);
    superslabs.releaseSlices(slice, 1, 100);
    assertTrue(superslabs.hasDirtyFree());
    assertEquals(0, superslabs.purge(99));
    assertEquals(Region.SLICE_BYTES, superslabs.purge(100));
    assertFalse(superslabs.hasDirtyFree());
    assertEquals(0, superslabs.purge(200));
  }

  @Test
  void purge_ofTimesThatWrapAround_comparesThemRight() {
    int slice = acquireCharged(1, false);
    superslabs.releaseSlices(slice, 1, Long.MAX_VALUE - 10);
    assertEquals(0, superslabs.purge(Long.MAX_VALUE - 11));
    assertEquals(Region.SLICE_BYTES, superslabs.purge(Long.MIN_VALUE + 10));
  }

  @Test
  void purge_leavesUsedSlicesAlone() {
    int used = acquireCharged(1, true);
    int free = acquireCharged(1, true);
    CBytes.fill(Region.addressOf(used), Region.SLICE_BYTES, (byte) 5);
    CBytes.fill(Region.addressOf(free), Region.SLICE_BYTES, (byte) 6);
    LiveMap.set(Region.addressOf(used), 3);
    superslabs.releaseSlices(free, 1, 0);
    superslabs.purge(0);
    assertEquals(5, Memory.getByte(Region.addressOf(used) + Region.SLICE_BYTES - 1));
    assertEquals(3, LiveMap.get(Region.addressOf(used)));
    assertEquals(0, Memory.getByte(Region.addressOf(free)));
    assertEquals(Region.SLICE_BYTES + mapPage, account.chargedBytes());
  }

  @Test
  void purge_whenRefused_keepsMemoryChargedAndUsable() {
    int slice = acquireCharged(4, true);
    superslabs.releaseSlices(slice, 4, 0);
    long charged = account.chargedBytes();
    os.refuse((call, number) -> call == Call.DECOMMIT);
    assertEquals(0, superslabs.purge(0));
    assertEquals(charged, account.chargedBytes());
    superslabs.verify();
    assertEquals(slice, superslabs.acquireSlices(4, true));
    assertEquals(-1, superslabs.chargedPages(slice, 4));
    superslabs.releaseSlices(slice, 4, 0);
    os.refuse(FakeOsMemory.Refusal.NEVER);
    assertEquals(charged, superslabs.purge(0));
  }

  @Test
  void purge_whileTheSystemWorks_doesNotGiveThoseSlicesOut() {
    int keeper = superslabs.acquireSlices(1, false);
    int slice = acquireCharged(5, false);
    superslabs.releaseSlices(slice, 5, 0);
    List<Integer> acquired = new ArrayList<>();
    os.listen(
        (address, byteSize) -> {
          if (acquired.isEmpty()) {
            int taken = acquireCharged(5, false);
            acquired.add(taken);
            CBytes.fill(Region.addressOf(taken), 5 * Region.SLICE_BYTES, (byte) 9);
          }
        });
    superslabs.purge(0);
    int taken = acquired.getFirst();
    assertNotEquals(slice, taken);
    assertEquals(9, Memory.getByte(Region.addressOf(taken)));
    assertEquals(9, Memory.getByte(Region.addressOf(taken + 4) + 1));
    superslabs.releaseSlices(taken, 5, 0);
    superslabs.releaseSlices(keeper, 1, 0);
  }

  @Test
  void purge_whileTheSystemWorks_doesNotGiveTheWholeSuperslabOut() {
    int slice = acquireCharged(5, false);
    superslabs.releaseSlices(slice, 5, 0);
    List<Integer> acquired = new ArrayList<>();
    os.listen(
        (address, byteSize) -> {
          if (acquired.isEmpty()) {
            acquired.add(superslabs.acquireSuperslabs(1, 1));
          }
        });
    superslabs.purge(0);
    assertNotEquals(slice / SLICES, acquired.getFirst());
    assertEquals(slice / SLICES, superslabs.acquireSuperslabs(1, 1), "free again afterwards");
  }

  @Test
  void acquireSlices_emptySuperslab_isFreeForEverybody() {
    int slice = acquireCharged(7, false);
    superslabs.releaseSlices(slice, 7, 0);
    assertEquals(slice / SLICES, superslabs.acquireSuperslabs(1, 1));
    assertEquals((1 << 7) - 1, superslabs.dirtySlices(slice / SLICES));
  }

  @Test
  void acquireSuperslabs_withAlignment_areMultiplesAndTheGapIsUsable() {
    assertEquals(0, superslabs.acquireSuperslabs(1, 1));
    assertEquals(4, superslabs.acquireSuperslabs(3, 4));
    assertEquals(8, superslabs.acquireSuperslabs(1, 8));
    assertEquals(1, superslabs.acquireSuperslabs(2, 1));
    assertEquals(3, superslabs.acquireSlices(1, false) / SLICES);
    assertEquals(7, superslabs.acquireSuperslabs(1, 1));
    assertEquals(16, superslabs.acquireSuperslabs(1, 16));
  }

  @Test
  void acquireSuperslabs_firstFit_reusesFreedNeighbours() {
    int index = superslabs.acquireSuperslabs(6, 1);
    for (int i : new int[] {3, 1, 2}) {
      superslabs.releaseSuperslab(index + i, 0, 0);
    }
    assertEquals(index + 6, superslabs.acquireSuperslabs(4, 1), "three free ones do not do");
    assertEquals(index + 1, superslabs.acquireSuperslabs(3, 1));
  }

  @Test
  void acquireSuperslabsAt_growsIntoFreeOnesOnly() {
    int index = superslabs.acquireSuperslabs(2, 1);
    assertTrue(superslabs.acquireSuperslabsAt(index + 2, 2));
    int other = superslabs.acquireSuperslabs(1, 1);
    assertEquals(index + 4, other);
    assertFalse(superslabs.acquireSuperslabsAt(index + 4, 1));
    assertFalse(superslabs.acquireSuperslabsAt(other + 1, CAPACITY), "beyond the region");
    superslabs.releaseSuperslab(index + 3, 0, 0);
    assertTrue(superslabs.acquireSuperslabsAt(index + 3, 1));
  }

  @Test
  void purge_ofWholeSuperslabInUse_takesNothing() {
    int index = superslabs.acquireSuperslabs(1, 1);
    assertTrue(superslabs.chargeSlices(index, ALL));
    Memory.putLong(Region.addressOf(index * SLICES), 77);
    assertFalse(superslabs.hasDirtyFree());
    assertEquals(0, superslabs.purge(Long.MAX_VALUE / 2));
    assertEquals(77, Memory.getLong(Region.addressOf(index * SLICES)));
  }

  @Test
  void region_whenExhausted_isRefusedAndNothingIsLost() {
    List<Integer> all = new ArrayList<>();
    for (int i = superslabs.acquireSuperslabs(1, 1); i != Superslabs.NONE; ) {
      all.add(i);
      i = superslabs.acquireSuperslabs(1, 1);
    }
    assertEquals(CAPACITY, all.size());
    assertEquals(Superslabs.NONE, superslabs.acquireSlices(1, true));
    assertEquals(Superslabs.NONE, superslabs.acquireSuperslabs(2, 1));
    for (int index : all) {
      superslabs.releaseSuperslab(index, 0, 0);
    }
    assertEquals(0, superslabs.acquireSuperslabs(CAPACITY, 1));
    assertEquals(Superslabs.NONE, superslabs.acquireSuperslabs(1, 1));
  }

  @Test
  void acquireSuperslabs_ofMoreThanTheRegion_isRefused() {
    assertEquals(Superslabs.NONE, superslabs.acquireSuperslabs(CAPACITY + 1, 1));
    assertEquals(0, superslabs.acquireSuperslabs(1, 1));
    assertEquals(Superslabs.NONE, superslabs.acquireSuperslabs(1, CAPACITY));
    assertEquals(Superslabs.NONE, superslabs.acquireSuperslabs(CAPACITY, 1));
    assertEquals(CAPACITY / 2, superslabs.acquireSuperslabs(CAPACITY / 2, CAPACITY / 2));
    assertEquals(1, superslabs.acquireSuperslabs(CAPACITY / 2 - 1, 1));
  }

  @Test
  void commit_whenRefusedAtAnyCall_leavesStateSound() {
    for (int n = 1; n <= 12; n++) {
      FakeOsMemory refusing = TestRegion.wiped();
      Account charges = new Account(Long.MAX_VALUE);
      Superslabs tested = new Superslabs(refusing, charges);
      int refused = n;
      refusing.refuse((call, number) -> number >= refused);
      int slice = tested.acquireSlices(3, true);
      int whole = tested.acquireSuperslabs(40, 1);
      assertEquals(slice == Superslabs.NONE ? 0 : 3 * mapPage, charges.chargedBytes(), "call " + n);
      tested.verify();
      refusing.refuse(FakeOsMemory.Refusal.NEVER);
      int again = tested.acquireSuperslabs(40, 1);
      assertTrue(again != Superslabs.NONE && again != whole);
      int slices = tested.acquireSlices(32, true);
      assertTrue(slices != Superslabs.NONE);
      CBytes.fill(Region.addressOf(slices), 32 * Region.SLICE_BYTES, (byte) 1);
      LiveMap.set(Region.addressOf(slices), 1);
      PageMap.register(again * SLICES, 40 * SLICES, 1, PageMap.HUGE);
      PageMap.forget(again * SLICES, 40 * SLICES);
      tested.verify();
    }
  }

  @Test
  void content_isWhatTheHolderKeepsThere() {
    Object mine = new Object();
    int slice = superslabs.acquireSlices(3, false);
    assertNull(superslabs.content(slice));
    superslabs.setContent(slice, 2, mine);
    assertEquals(mine, superslabs.content(slice));
    assertEquals(mine, superslabs.content(slice + 1));
    assertNull(superslabs.content(slice + 2));
    assertNull(superslabs.content(CAPACITY * SLICES - 1), "never committed");
    superslabs.releaseSlices(slice, 3, 0);
    assertNull(superslabs.content(slice));
  }

  @Test
  void verify_findsEntryOfFreeSlice() {
    int slice = superslabs.acquireSlices(2, false);
    PageMap.register(slice + 5, 1, 1, 1);
    String found = "nothing";
    try {
      superslabs.verify();
    } catch (IllegalStateException e) {
      found = String.valueOf(e.getMessage());
    }
    PageMap.forget(slice + 5, 1);
    assertTrue(found.contains("is free but entered"), found);
  }

  @Test
  void randomOperations_againstBitSet_agree() {
    SplittableRandom random = new SplittableRandom(7);
    BitSet taken = new BitSet();
    List<int[]> held = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (held.size() < 200 && random.nextInt(100) < 55) {
        boolean whole = random.nextInt(20) == 0;
        int count = 1 + random.nextInt(whole ? 3 : 12);
        int first =
            whole
                ? superslabs.acquireSuperslabs(count, 1 << random.nextInt(3)) * SLICES
                : superslabs.acquireSlices(count, random.nextBoolean());
        if (first < 0) {
          continue;
        }
        if (!whole) {
          long pages = count >= 4 ? -1L : (1L << (16 * count)) - 1;
          assertTrue(superslabs.chargePages(first, random.nextLong() & pages));
        }
        int end = first + (whole ? count * SLICES : count);
        assertTrue(taken.get(first, end).isEmpty(), "step " + step + ": overlap");
        taken.set(first, end);
        held.add(new int[] {first, count, whole ? 1 : 0});
      } else if (!held.isEmpty()) {
        int[] mine = held.remove(random.nextInt(held.size()));
        if (mine[2] == 1) {
          for (int i = 0; i < mine[1]; i++) {
            int index = mine[0] / SLICES + i;
            superslabs.releaseSuperslab(index, superslabs.dirtySlices(index), step);
          }
          taken.clear(mine[0], mine[0] + mine[1] * SLICES);
        } else {
          superslabs.releaseSlices(mine[0], mine[1], step);
          taken.clear(mine[0], mine[0] + mine[1]);
        }
      }
      if (step % 500 == 0) {
        superslabs.verify();
        superslabs.purge(step - 100L);
      }
    }
    for (int[] mine : held) {
      if (mine[2] == 1) {
        for (int i = 0; i < mine[1]; i++) {
          int index = mine[0] / SLICES + i;
          superslabs.releaseSuperslab(index, superslabs.dirtySlices(index), 0);
        }
      } else {
        superslabs.releaseSlices(mine[0], mine[1], 0);
      }
    }
    superslabs.purge(1_000_000);
    assertEquals(0, account.chargedBytes());
    assertEquals(0, superslabs.acquireSuperslabs(superslabs.superslabCount(), 1), "all free again");
  }
}
