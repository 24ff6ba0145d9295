// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.os.FakeOsMemory;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.Superslabs;
import io.hakmem.superslab.TestRegion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Slabs of one class: batches out, batches back, owners who come and go. */
@ParameterizedClass
@ValueSource(ints = {1, 8, 9, 31, 32, 33, 40, 57, 65, 72, 76})
final class SlabPoolTest {

  private static final int ANN = 1;
  private static final int BOB = 20;
  private static final int CAT = 700;

  private final int sizeClass;
  private final int bytes;
  private final int blocksPerSlab;
  private final FakeOsMemory os = TestRegion.wiped();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final Owners owners = new Owners();
  private final SlabPool pool;

  SlabPoolTest(int sizeClass) {
    this.sizeClass = sizeClass;
    bytes = SizeClasses.bytes(sizeClass);
    blocksPerSlab = SizeClasses.blocks(sizeClass);
    pool = new SlabPool(sizeClass, superslabs, owners);
  }

  @BeforeEach
  void ownersArrive() {
    owners.arrive(ANN);
    owners.arrive(BOB);
    owners.arrive(CAT);
  }

  @AfterEach
  void verify() {
    pool.verify();
    superslabs.verify();
  }

  @Test
  void fill_givesDistinctBlocksDescendingInAddress() {
    long[] into = new long[12];
    int got = pool.fill(ANN, into, 2, 8);
    assertTrue(got > 0 && got <= 8);
    assertEquals(0, into[0]);
    assertEquals(0, into[1]);
    for (int i = 2; i < 2 + got; i++) {
      assertEquals(into[i], pool.blockStart(into[i]));
      assertEquals(into[i], pool.blockStart(into[i] + bytes - 1));
      assertTrue(i == 2 || into[i] < into[i - 1], "the lowest address is the last one");
      assertEquals(ANN, PageMap.owner(PageMap.entry(into[i])));
      assertEquals(sizeClass, PageMap.kind(PageMap.entry(into[i])));
    }
    assertEquals(0, into[2 + got]);
    SlabPoolState state = pool.state();
    assertEquals(got, state.carvedBlocks() - state.freeBlocks());
    assertEquals(1, state.slabs());
    assertTrue(state.carvedBlocks() * bytes <= Math.max(4096, 2 * bytes) + bytes, "pages charged");
  }

  @Test
  void fill_ofWholeSlab_usesEveryBlockOnceBeforeTheNext() {
    List<Long> all = take(ANN, blocksPerSlab);
    assertEquals(blocksPerSlab, new HashSet<>(all).size());
    assertEquals(new SlabPoolState(1, blocksPerSlab, 0, 0), pool.state());
    take(ANN, 1);
    assertEquals(2, pool.state().slabs());
  }

  @Test
  void fill_takesReturnedBlocksBeforeItCarves() {
    List<Long> first = take(ANN, 4).subList(1, 4);
    long free = pool.state().freeBlocks();
    giveBack(first);
    assertEquals(free + 3, pool.state().freeBlocks());
    long carved = pool.state().carvedBlocks();
    Set<Long> again = new HashSet<>(take(ANN, 3));
    assertEquals(new HashSet<>(first), again);
    assertEquals(carved, pool.state().carvedBlocks());
  }

  @Test
  void fill_touchesLittleMemoryAtATime() {
    long[] into = new long[blocksPerSlab];
    int got = pool.fill(ANN, into, 0, blocksPerSlab);
    assertTrue(got <= Math.max(2, 4096 / bytes), got + " blocks");
  }

  @Test
  void fill_marksBlocksAsFree() {
    for (long address : take(ANN, 3)) {
      if (sizeClass <= SizeClasses.TINY_CLASSES) {
        assertEquals(-sizeClass, LiveMap.get(address));
      } else {
        assertEquals(PoolLiveMap.carvedAt(address) | PoolLiveMap.ZERO, PoolLiveMap.get(address));
      }
    }
    assertEquals(0, pool.countLive());
  }

  @Test
  void giveBack_twice_dropsAndCountsTheSecond() {
    List<Long> blocks = take(ANN, 3);
    giveBack(blocks);
    long free = pool.state().freeBlocks();
    giveBack(List.of(blocks.get(1)));
    assertEquals(1, pool.state().duplicates());
    assertEquals(free, pool.state().freeBlocks());
    assertEquals(3, new HashSet<>(take(ANN, 3)).size());
  }

  @Test
  void giveBack_ofWhatIsNoBlock_isDroppedAndCounted() {
    List<Long> blocks = take(ANN, 2);
    long first = Math.min(blocks.get(0), blocks.get(1));
    long free = pool.state().freeBlocks();
    long other = new SlabPool(sizeClass == 1 ? 2 : 1, superslabs, owners).blockStart(first);
    assertEquals(0, other, "another class has no block there");
    long hole = first + (blocksPerSlab - 1L) * bytes;
    long behind = first + (long) blocksPerSlab * bytes;
    long beyond = Region.BASE + Region.BYTES;
    giveBack(List.of(first + 8, hole, behind, beyond, 16L));
    assertEquals(5, pool.state().duplicates());
    assertEquals(free, pool.state().freeBlocks());
  }

  @Test
  void giveBack_lastBlockOfSlab_retiresItIfThereIsOther() {
    List<Long> first = take(ANN, blocksPerSlab);
    List<Long> second = take(ANN, 1);
    giveBack(first);
    assertEquals(1, pool.state().slabs(), "the first one is gone, the second has room");
    assertEquals(0, PageMap.entry(first.getFirst()));
    assertEquals(0, pool.blockStart(first.getFirst()));
    giveBack(second);
    int kept = bytes <= 8192 ? 1 : 0;
    assertEquals(kept, pool.state().slabs(), "the last one of small blocks stays for a refill");
    pool.purge(true);
    assertEquals(new SlabPoolState(0, 0, 0, 0), pool.state());
    superslabs.purge(System.nanoTime());
    assertEquals(0, account.chargedBytes());
  }

  @Test
  void purge_retiresEmptySlabsOnly() {
    List<Long> first = take(ANN, blocksPerSlab);
    List<Long> second = take(ANN, blocksPerSlab);
    List<Long> third = take(BOB, blocksPerSlab);
    giveBack(first);
    giveBack(third);
    giveBack(second.subList(1, blocksPerSlab));
    pool.purge(true);
    SlabPoolState state = pool.state();
    assertEquals(1, state.slabs());
    assertEquals(1, state.carvedBlocks() - state.freeBlocks());
    assertEquals(second.getFirst(), pool.blockStart(second.getFirst()));
  }

  @Test
  void retire_erasesTheLiveMap() {
    List<Long> blocks = take(ANN, blocksPerSlab);
    giveBack(blocks);
    pool.purge(true);
    for (long address : blocks) {
      assertEquals(0, LiveMap.get(address));
      assertEquals(0, PoolLiveMap.get(address));
    }
  }

  @Test
  void owners_doNotShareSlabs() {
    Set<Long> ann = slabsOf(take(ANN, 3));
    Set<Long> bob = slabsOf(take(BOB, 3));
    ann.retainAll(bob);
    assertEquals(Set.of(), ann);
  }

  @Test
  void orphan_leavesFreeAndUncarvedBlocksToTheNextOwner() {
    List<Long> ann = take(ANN, 3);
    giveBack(ann.subList(0, 1));
    owners.leave(ANN);
    pool.orphan(ANN);
    pool.verify();
    List<Long> bob = take(BOB, blocksPerSlab - 2);
    assertEquals(1, pool.state().slabs(), "no fresh slab while an orphan has blocks");
    assertTrue(bob.contains(ann.getFirst()));
    assertEquals(BOB, PageMap.owner(PageMap.entry(ann.get(1))), "the slab is Bob's now");
  }

  @Test
  void orphan_ofSlabOnlyCarved_isAdopted() {
    List<Long> ann = take(ANN, 1);
    owners.leave(ANN);
    pool.orphan(ANN);
    pool.verify();
    assertEquals(slabsOf(ann), slabsOf(take(BOB, 1)));
  }

  @Test
  void giveBack_toFullSlabOfAbsentOwner_leavesItToTheNext() {
    List<Long> ann = take(ANN, blocksPerSlab);
    owners.leave(ANN);
    pool.orphan(ANN);
    giveBack(ann.subList(0, 1));
    assertEquals(PageMap.NO_OWNER, PageMap.owner(PageMap.entry(ann.getFirst())));
    assertEquals(List.of(ann.getFirst()), take(BOB, 1));
    assertEquals(BOB, PageMap.owner(PageMap.entry(ann.getFirst())));
  }

  @Test
  void fill_whenMemoryIsOut_takesFreeBlocksOfOtherOwners() {
    List<Long> ann = take(ANN, 5);
    giveBack(ann.subList(0, 2));
    os.refuse((call, number) -> true);
    // What the committed superslab still has goes first.
    while (superslabs.acquireSlices(1, true) != Superslabs.NONE) {}
    Set<Long> bob = new HashSet<>(take(BOB, 2));
    assertEquals(new HashSet<>(ann.subList(0, 2)), bob);
    assertEquals(BOB, PageMap.owner(PageMap.entry(ann.getFirst())));
  }

  @Test
  void takeFree_ofBlockThatIsLiveAfterAll_leavesItToItsHolder() {
    // The trace of two frees that raced: the block came home and was handed out as well.
    List<Long> blocks = take(ANN, 3);
    giveBack(blocks.subList(1, 3));
    long live = blocks.get(1);
    byte before = mark(live);
    List<Long> again = take(ANN, 3);
    assertFalse(again.contains(live));
    long free = pool.state().freeBlocks();
    unmark(live, before);
    giveBack(List.of(live));
    assertEquals(free + 1, pool.state().freeBlocks());
  }

  @Test
  void retire_ofSlabWithLiveBlock_isPutOff() {
    List<Long> blocks = take(ANN, 3);
    long live = blocks.get(1);
    byte before = mark(live);
    giveBack(blocks);
    pool.purge(true);
    assertEquals(1, pool.countLive());
    assertEquals(1, pool.state().slabs());
    unmark(live, before);
    giveBack(List.of(live));
    pool.purge(true);
    assertEquals(0, pool.state().slabs());
  }

  @Test
  void randomOperations_againstSets_agree() {
    SplittableRandom random = new SplittableRandom(sizeClass);
    List<Long> out = new ArrayList<>();
    Set<Long> outSet = new HashSet<>();
    int[] all = {ANN, BOB, CAT};
    for (int step = 0; step < 4000; step++) {
      int owner = all[random.nextInt(3)];
      if (random.nextInt(100) < 50 && out.size() < 3000) {
        long[] into = new long[32];
        int got = pool.fill(owner, into, 0, 1 + random.nextInt(32));
        assertTrue(got > 0);
        for (int i = 0; i < got; i++) {
          assertTrue(outSet.add(into[i]), "handed out twice");
          out.add(into[i]);
        }
      } else if (!out.isEmpty()) {
        List<Long> batch = new ArrayList<>();
        for (int i = random.nextInt(40); i >= 0 && !out.isEmpty(); i--) {
          int at = random.nextInt(out.size());
          batch.add(out.get(at));
          out.set(at, out.getLast());
          out.removeLast();
        }
        batch.forEach(outSet::remove);
        giveBack(batch);
      }
      if (random.nextInt(200) == 0) {
        owners.leave(owner);
        pool.orphan(owner);
        owners.arrive(owner);
      }
      if (random.nextInt(100) == 0) {
        pool.purge(true);
      }
      if (random.nextInt(50) == 0) {
        pool.verify();
        SlabPoolState state = pool.state();
        assertEquals(out.size(), state.carvedBlocks() - state.freeBlocks(), "used, exactly");
        assertEquals(0, state.duplicates());
      }
    }
    giveBack(out);
    pool.purge(true);
    superslabs.purge(System.nanoTime());
    assertEquals(new SlabPoolState(0, 0, 0, 0), pool.state());
    assertEquals(0, account.chargedBytes());
  }

  @Test
  void newSlab_whenTheLimitIsReached_isRefusedWithoutTrace() {
    long page = os.pageBytes();
    boolean tiny = sizeClass <= SizeClasses.TINY_CLASSES;
    long enough = (tiny ? page : 0) + Math.max(page, (bytes + page - 1) / page * page);
    Account small = new Account(enough - 1);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    SlabPool refused = new SlabPool(sizeClass, limited, owners);
    assertEquals(0, refused.fill(ANN, new long[8], 0, 8));
    assertEquals(new SlabPoolState(0, 0, 0, 0), refused.state());
    limited.verify();
    limited.purge(System.nanoTime());
    assertEquals(0, small.chargedBytes());
    Account sufficient = new Account(enough);
    SlabPool served =
        new SlabPool(sizeClass, new Superslabs(TestRegion.wiped(), sufficient), owners);
    assertTrue(served.fill(ANN, new long[8], 0, 8) > 0);
    assertEquals(enough, sufficient.chargedBytes());
    served.verify();
  }

  private byte mark(long address) {
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      int before = LiveMap.get(address);
      LiveMap.set(address, sizeClass);
      return (byte) before;
    }
    int before = PoolLiveMap.get(address);
    PoolLiveMap.set(address, before | PoolLiveMap.LIVE);
    return (byte) before;
  }

  private void unmark(long address, byte before) {
    assertNotEquals(0, before);
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      LiveMap.set(address, before);
    } else {
      PoolLiveMap.set(address, before);
    }
  }

  private List<Long> take(int owner, int count) {
    List<Long> taken = new ArrayList<>();
    while (taken.size() < count) {
      long[] into = new long[count - taken.size()];
      int got = pool.fill(owner, into, 0, into.length);
      assertTrue(got > 0, "memory is there");
      Arrays.stream(into, 0, got).forEach(taken::add);
    }
    return taken;
  }

  private void giveBack(List<Long> blocks) {
    long[] array = blocks.stream().mapToLong(Long::longValue).toArray();
    pool.giveBack(array, 0, array.length);
  }

  private Set<Long> slabsOf(List<Long> blocks) {
    Set<Long> slices = new HashSet<>();
    for (long address : blocks) {
      Object slab = superslabs.content(Region.sliceOf(address));
      slices.add((long) System.identityHashCode(slab));
    }
    return slices;
  }
}
