// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.slab.Owners;
import io.hakmem.slab.SizeClasses;
import io.hakmem.slab.SlabPool;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.Superslabs;
import io.hakmem.superslab.TestRegion;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Magazines that wait for their owners, and what happens to those that nobody comes for. */
final class DepotTest {

  private static final int ANN = 1;
  private static final int BOB = 50;
  private static final int CAPACITY = 8;
  private static final int MAX_FULL = 3;
  private static final int CLASS = SizeClasses.classOf(64);

  private final Superslabs superslabs =
      new Superslabs(TestRegion.wiped(), new Account(Long.MAX_VALUE));
  private final Owners owners = new Owners();
  private final SlabPool slabs = new SlabPool(CLASS, superslabs, owners);
  private final Depot depot = new Depot(slabs, owners, CAPACITY, MAX_FULL);

  @BeforeEach
  void ownersArrive() {
    owners.arrive(ANN);
    owners.arrive(BOB);
  }

  @AfterEach
  void verify() {
    depot.verify();
    slabs.verify();
  }

  @Test
  void refill_ofOwnerWithMagazine_takesItWhole() {
    long[] blocks = fresh(ANN, CAPACITY);
    depot.give(ANN, blocks, 0, CAPACITY);
    assertEquals(CAPACITY, depot.blockCount());
    long[] into = new long[CAPACITY + 2];
    assertEquals(CAPACITY, depot.refill(ANN, into, 2, 1, CAPACITY));
    assertEquals(set(blocks), set(Arrays.copyOfRange(into, 2, CAPACITY + 2)));
    assertEquals(0, depot.blockCount());
  }

  @Test
  void refill_withLittleRoom_takesAPartAndLeavesTheRest() {
    long[] blocks = fresh(ANN, CAPACITY);
    depot.give(ANN, blocks, 0, CAPACITY);
    long[] into = new long[CAPACITY];
    assertEquals(3, depot.refill(ANN, into, 0, 8, 3));
    assertEquals(CAPACITY - 3, depot.blockCount());
    depot.verify();
    assertEquals(CAPACITY - 3, depot.refill(ANN, into, 3, 8, CAPACITY));
    assertEquals(set(blocks), set(into));
  }

  @Test
  void refill_ofOtherOwner_leavesTheMagazineAlone() {
    depot.give(ANN, fresh(ANN, CAPACITY), 0, CAPACITY);
    long[] into = new long[4];
    assertEquals(4, depot.refill(BOB, into, 0, 4, 4));
    assertEquals(CAPACITY, depot.blockCount());
  }

  @Test
  void give_ofPart_takesExactlyThat() {
    long[] blocks = fresh(ANN, 6);
    depot.give(ANN, blocks, 2, 5);
    assertEquals(3, depot.blockCount());
    long[] into = new long[8];
    assertEquals(3, depot.refill(ANN, into, 0, 8, 8));
    assertEquals(set(Arrays.copyOfRange(blocks, 2, 5)), set(Arrays.copyOf(into, 3)));
  }

  @Test
  void give_toAbsentOwner_goesToTheSlabs() {
    long[] blocks = fresh(ANN, CAPACITY);
    owners.leave(ANN);
    depot.give(ANN, blocks, 0, CAPACITY);
    assertEquals(0, depot.blockCount());
    assertEquals(0, blocksOut());
  }

  @Test
  void give_ofMixedOwners_goesToTheSlabs() {
    long[] blocks = fresh(ANN, 4);
    depot.give(0, blocks, 0, 4);
    assertEquals(0, depot.blockCount());
    assertEquals(0, blocksOut());
  }

  @Test
  void give_beyondTheMost_goesToTheSlabs() {
    for (int i = 0; i < MAX_FULL; i++) {
      depot.give(ANN, fresh(ANN, CAPACITY), 0, CAPACITY);
    }
    assertEquals((long) MAX_FULL * CAPACITY, blocksOut());
    depot.give(ANN, fresh(ANN, 1), 0, 1);
    assertEquals((long) MAX_FULL * CAPACITY, depot.blockCount());
    assertEquals((long) MAX_FULL * CAPACITY, blocksOut());
  }

  @Test
  void give_toOneWhileAnotherHasTheMost_isKept() {
    for (int i = 0; i < MAX_FULL; i++) {
      depot.give(ANN, fresh(ANN, CAPACITY), 0, CAPACITY);
    }
    depot.give(BOB, fresh(BOB, CAPACITY), 0, CAPACITY);
    assertEquals((MAX_FULL + 1L) * CAPACITY, depot.blockCount());
    assertEquals(CAPACITY, depot.refill(BOB, new long[CAPACITY], 0, 1, CAPACITY));
  }

  @Test
  void give_inSmallLots_fillsMagazines() {
    long[] blocks = fresh(ANN, MAX_FULL * CAPACITY);
    for (int i = 0; i < blocks.length; i += CAPACITY / 4) {
      depot.give(ANN, blocks, i, i + CAPACITY / 4);
    }
    assertEquals(blocks.length, depot.blockCount());
    long[] into = new long[blocks.length];
    for (int i = 0; i < blocks.length; i += CAPACITY) {
      assertEquals(CAPACITY, depot.refill(ANN, into, i, 1, CAPACITY));
    }
    assertEquals(set(blocks), set(into));
  }

  @Test
  void refill_bringsBlocksInTheOrderInWhichTheyCame() {
    long[] blocks = fresh(ANN, 2 * CAPACITY + 3);
    for (int i = 0; i + 3 <= blocks.length; i += 3) { // lots that do not divide a magazine
      depot.give(ANN, new long[] {blocks[i + 2], blocks[i + 1], blocks[i]}, 0, 3);
    }
    long[] allocated = new long[blocks.length / 3 * 3];
    long[] into = new long[CAPACITY];
    int rooms = 0;
    for (int done = 0; done < allocated.length; ) {
      int got = depot.refill(ANN, into, 0, 1, rooms++ == 0 ? 2 : CAPACITY); // of the first a part
      for (int i = got - 1; i >= 0; i--) { // as a stack is popped
        allocated[done++] = into[i];
      }
    }
    assertArrayEquals(Arrays.copyOf(blocks, allocated.length), allocated);
  }

  @Test
  void giveBack_passesTheDepotBy() {
    long[] blocks = fresh(ANN, 5);
    depot.giveBack(blocks, 1, 4);
    assertEquals(0, depot.blockCount());
    assertEquals(2, blocksOut());
  }

  @Test
  void returnSurplus_returnsOnlyWhatNobodyAskedForSinceTheLastTime() {
    for (int i = 0; i < 3; i++) {
      depot.give(ANN, fresh(ANN, CAPACITY), 0, CAPACITY);
    }
    assertEquals(0, depot.returnSurplus(), "they are new");
    long[] into = new long[CAPACITY];
    depot.refill(ANN, into, 0, CAPACITY, CAPACITY);
    depot.give(ANN, into, 0, CAPACITY);
    assertEquals(2 * CAPACITY, depot.returnSurplus(), "one of the three was of use");
    assertEquals(CAPACITY, depot.blockCount());
    assertEquals(CAPACITY, depot.returnSurplus());
    assertEquals(0, depot.returnSurplus());
    assertEquals(0, blocksOut());
  }

  @Test
  void returnSurplus_isReckonedOwnerByOwner() {
    depot.give(ANN, fresh(ANN, CAPACITY), 0, CAPACITY);
    depot.give(BOB, fresh(BOB, CAPACITY), 0, CAPACITY);
    assertEquals(0, depot.returnSurplus(), "they are new");
    long[] into = new long[CAPACITY];
    depot.refill(ANN, into, 0, CAPACITY, CAPACITY);
    depot.give(ANN, into, 0, CAPACITY);
    assertEquals(CAPACITY, depot.returnSurplus(), "nobody came for Bob's");
    assertEquals(CAPACITY, depot.refill(ANN, into, 0, 1, CAPACITY));
    assertEquals(0, depot.blockCount());
  }

  @Test
  void returnSurplus_letsEmptyMagazinesGoThatNobodyNeededAsLong() {
    long none = depot.heapBytes();
    fillAndEmptyMagazine();
    assertEquals(none + CAPACITY * Long.BYTES, depot.heapBytes());
    depot.returnSurplus();
    assertEquals(none + CAPACITY * Long.BYTES, depot.heapBytes(), "it was needed before");
    fillAndEmptyMagazine();
    depot.returnSurplus();
    assertEquals(none + CAPACITY * Long.BYTES, depot.heapBytes(), "it was needed again");
    depot.returnSurplus();
    assertEquals(none, depot.heapBytes());
    fillAndEmptyMagazine();
  }

  private void fillAndEmptyMagazine() {
    depot.give(ANN, fresh(ANN, CAPACITY), 0, CAPACITY);
    depot.returnAll();
  }

  @Test
  void returnAll_returnsTheMagazinesOfAllOwners() {
    depot.give(ANN, fresh(ANN, CAPACITY), 0, CAPACITY);
    depot.give(BOB, fresh(BOB, 3), 0, 3);
    assertEquals(CAPACITY + 3, depot.returnAll());
    assertEquals(0, depot.blockCount());
    assertEquals(0, blocksOut());
    assertEquals(0, depot.returnAll());
  }

  @Test
  void blockStart_asksTheSlabs() {
    long[] blocks = fresh(ANN, 1);
    assertEquals(blocks[0], depot.blockStart(blocks[0] + 63));
    assertEquals(0, depot.blockStart(16));
  }

  @Test
  void twoThreads_exchangingMagazines_loseNothingAndShareNothing() throws Exception {
    Set<Long> held = ConcurrentHashMap.newKeySet();
    CyclicBarrier start = new CyclicBarrier(3);
    ConcurrentHashMap<Integer, Throwable> failures = new ConcurrentHashMap<>();
    Thread[] threads = new Thread[3];
    for (int i = 0; i < threads.length; i++) {
      // Ann twice: two of the threads borrow the same owner's number, as stripes may.
      int owner = i == 0 ? BOB : ANN;
      threads[i] =
          Thread.ofPlatform()
              .uncaughtExceptionHandler((thread, failure) -> failures.put(owner, failure))
              .start(() -> exchange(start, owner, held));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("in a thread", failures.values().iterator().next());
    }
    depot.returnAll();
    assertEquals(slabs.state().carvedBlocks(), slabs.state().freeBlocks());
    assertEquals(0, slabs.state().duplicates());
  }

  private void exchange(CyclicBarrier start, int owner, Set<Long> held) {
    try {
      start.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    long[] blocks = new long[CAPACITY];
    for (int i = 0; i < 30_000; i++) {
      int count = depot.refill(owner, blocks, 0, 1 + i % CAPACITY, CAPACITY);
      assertTrue(count > 0);
      for (int j = 0; j < count; j++) {
        assertTrue(held.add(blocks[j]), "a block in two hands");
      }
      for (int j = 0; j < count; j++) {
        held.remove(blocks[j]);
      }
      if (i % 7 == 0) {
        depot.giveBack(blocks, 0, count);
      } else {
        depot.give(owner, blocks, 0, count);
      }
      if (i % 100 == 0) {
        depot.returnSurplus();
      }
    }
  }

  /** Blocks that the slabs have handed out. */
  private long blocksOut() {
    return slabs.state().carvedBlocks() - slabs.state().freeBlocks();
  }

  private long[] fresh(int owner, int count) {
    long[] blocks = new long[count];
    int got = 0;
    while (got < count) {
      got += slabs.fill(owner, blocks, got, count - got);
    }
    return blocks;
  }

  private static Set<Long> set(long[] blocks) {
    Set<Long> set = new HashSet<>();
    for (long block : blocks) {
      assertTrue(set.add(block), "twice");
    }
    return set;
  }
}
