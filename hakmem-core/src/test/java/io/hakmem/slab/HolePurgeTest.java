// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.Memory;
import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.Superslabs;
import io.hakmem.superslab.TestRegion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages without used blocks inside slabs in use: given back, and charged again when needed. */
@ParameterizedClass
@ValueSource(ints = {1, 3, 9, 20, 32, 33, 35, 43, 48, 57, 65, 69, 72, 76})
final class HolePurgeTest {

  private static final int ANN = 1;
  private static final int BOB = 2;

  private final int sizeClass;
  private final int bytes;
  private final int blocksPerSlab;
  private final FakeOsMemory os = TestRegion.wiped();
  private final int page = os.pageBytes();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final Owners owners = new Owners();
  private final SlabPool pool;

  HolePurgeTest(int sizeClass) {
    this.sizeClass = sizeClass;
    bytes = SizeClasses.bytes(sizeClass);
    blocksPerSlab = SizeClasses.blocks(sizeClass);
    pool = new SlabPool(sizeClass, superslabs, owners);
  }

  @BeforeEach
  void ownersArrive() {
    owners.arrive(ANN);
    owners.arrive(BOB);
  }

  @AfterEach
  void verify() {
    os.refuse(FakeOsMemory.Refusal.NEVER);
    pool.verify();
    assertEquals(superslabs.verify(), account.chargedBytes());
  }

  @Test
  void purge_takesExactlyThePagesWithoutUsedBlocks() {
    List<Long> blocks = takeAll(4);
    List<Long> kept = keepFew(blocks);
    Set<Long> needed = pagesOf(kept);
    Set<Long> touched = pagesOf(blocks);
    long before = account.chargedBytes();
    long purged = pool.purge(true);
    assertEquals(before - account.chargedBytes(), purged, "no slab is empty");
    assertEquals((long) (touched.size() - needed.size()) * page, purged);
    for (long at : touched) {
      boolean isKept = needed.contains(at);
      assertTrue(isKept || Memory.getLong(at * page) == 0, "given back");
    }
    checkContents(kept);
    assertEquals(0, pool.purge(true), "nothing left to do");
  }

  @Test
  void fill_afterPurge_takesBackedBlocksFirstThenChargesPages() {
    List<Long> blocks = takeAll(3);
    List<Long> kept = keepFew(blocks);
    pool.purge(true);
    Set<Long> backed = pagesOf(kept);
    long charged = account.chargedBytes();
    SlabPoolState state = pool.state();
    List<Long> ready = take(ANN, (int) state.freeBlocks());
    assertEquals(charged, account.chargedBytes(), "free blocks on backed pages cost nothing");
    assertTrue(backed.containsAll(pagesOf(ready)));
    List<Long> rest = take(ANN, blocks.size() - kept.size() - ready.size());
    assertEquals(pagesOf(blocks).size() - backed.size(), superslabs.refaults());
    Set<Long> all = new HashSet<>(kept);
    all.addAll(ready);
    all.addAll(rest);
    assertEquals(new HashSet<>(blocks), all, "the same blocks and no fresh slab");
    checkContents(kept);
  }

  @Test
  void fill_afterPurge_marksOnlyWhatReadsAsZeroAsZero() {
    List<Long> blocks = takeAll(3);
    List<Long> kept = keepOneIn(5, blocks);
    pool.purge(true);
    int zero = 0;
    for (int round = 0; round < 4; round++) {
      List<Long> taken = take(ANN, (blocks.size() - kept.size()) / 2);
      zero += checkZero(taken);
      write(taken);
      giveBack(taken);
      pool.purge(true);
    }
    assertTrue(sizeClass <= SizeClasses.TINY_CLASSES || bytes < 3 * page || zero > 0, "none known");
    checkContents(kept);
  }

  @Test
  void holes_areNoBlocksForAnybody() {
    List<Long> blocks = takeAll(2);
    List<Long> kept = keepFew(blocks);
    pool.purge(true);
    Set<Long> backed = pagesOf(kept);
    int holes = 0;
    for (long address : blocks) {
      if (!backed.containsAll(pagesOf(List.of(address)))) {
        holes++;
        assertEquals(0, LiveMap.get(address));
        assertEquals(0, PoolLiveMap.get(address) & ~PoolLiveMap.ZERO);
        long before = pool.state().duplicates();
        giveBack(List.of(address));
        assertEquals(before + 1, pool.state().duplicates(), "came home although it is at home");
      }
    }
    assertTrue(holes > 0);
    assertEquals(0, pool.countLive());
  }

  @Test
  void fill_atTheLimit_leavesHolesAndLooksElsewhere() {
    List<Long> blocks = takeAll(3);
    List<Long> kept = keepFew(blocks);
    long full = account.chargedBytes();
    pool.purge(true);
    assertTrue(account.tryCharge(Long.MAX_VALUE - account.chargedBytes()));
    List<Long> ready = new ArrayList<>();
    long[] into = new long[64];
    for (int got = pool.fill(ANN, into, 0, 64); got > 0; got = pool.fill(ANN, into, 0, 64)) {
      for (int i = 0; i < got; i++) {
        ready.add(into[i]);
      }
    }
    assertTrue(pagesOf(kept).containsAll(pagesOf(ready)));
    assertEquals(0, pool.fill(BOB, into, 0, 64));
    pool.verify();
    account.uncharge(Long.MAX_VALUE);
    assertTrue(account.tryCharge(superslabs.verify()));
    take(ANN, blocks.size() - kept.size() - ready.size());
    assertEquals(full, account.chargedBytes());
  }

  @Test
  void purge_refused_changesNothing() {
    List<Long> blocks = takeAll(2);
    List<Long> kept = keepFew(blocks);
    long charged = account.chargedBytes();
    os.refuse((call, number) -> call == Call.DECOMMIT);
    assertEquals(0, pool.purge(true));
    assertTrue(os.refusedCalls() > 0);
    assertEquals(charged, account.chargedBytes());
    pool.verify();
    List<Long> taken = take(ANN, blocks.size() - kept.size());
    assertEquals(charged, account.chargedBytes());
    assertEquals(0, superslabs.refaults());
    checkZero(taken);
    checkContents(kept);
  }

  @Test
  void purge_refusedNowAndThen_keepsWhatItCouldNotGive() {
    List<Long> blocks = takeAll(6);
    List<Long> kept = keepOneIn(6, blocks);
    SplittableRandom random = new SplittableRandom(sizeClass);
    for (int round = 0; round < 6; round++) {
      boolean[] choice = new boolean[512];
      for (int i = 0; i < choice.length; i++) {
        choice[i] = random.nextBoolean();
      }
      os.refuse(
          (call, number) -> call == Call.DECOMMIT && choice[(int) number & (choice.length - 1)]);
      pool.purge(true);
      pool.verify();
      assertEquals(superslabs.verify(), account.chargedBytes());
      os.refuse(FakeOsMemory.Refusal.NEVER);
      List<Long> taken = take(ANN, (blocks.size() - kept.size()) * 2 / 3);
      checkZero(taken);
      write(taken);
      giveBack(taken);
    }
    checkContents(kept);
  }

  @Test
  void purge_whileTheSystemWorks_givesNoBlockOfThosePagesOut() {
    List<Long> blocks = takeAll(4);
    List<Long> kept = keepFew(blocks);
    List<Long> taken = new ArrayList<>();
    os.listen(
        (address, byteSize) -> {
          if (taken.size() > 100) {
            return;
          }
          long[] into = new long[8];
          int got = pool.fill(taken.size() % 2 == 0 ? ANN : BOB, into, 0, into.length);
          assertTrue(got > 0);
          for (int i = 0; i < got; i++) {
            assertTrue(
                into[i] + bytes <= address || into[i] >= address + byteSize,
                "lies on pages that go away");
            taken.add(into[i]);
          }
          write(taken);
        });
    pool.purge(true);
    assertFalse(taken.isEmpty());
    checkContents(taken);
    checkContents(kept);
  }

  @Test
  void purge_whileTheLastBlockComesHome_retiresTheSlabAfterwards() {
    List<Long> first = takeAll(1);
    List<Long> second = takeAll(1);
    write(second);
    giveBack(first.subList(0, first.size() - 1));
    AtomicBoolean done = new AtomicBoolean();
    os.listen(
        (address, byteSize) -> {
          if (done.compareAndSet(false, true)) {
            giveBack(List.of(first.getLast(), second.getLast()));
            assertEquals(2, pool.state().slabs(), "the slab is kept while its pages go");
            pool.verify();
          }
        });
    pool.purge(true);
    assertEquals(1, pool.state().slabs());
    checkContents(second.subList(0, second.size() - 1));
  }

  @Test
  void purge_step_takesWhatRestedForTwoStepsOnly() {
    List<Long> blocks = takeAll(3);
    List<Long> kept = keepFew(blocks);
    long due = (long) (pagesOf(blocks).size() - pagesOf(kept).size()) * page;
    assertEquals(0, pool.purge(false));
    assertTrue(pool.isResting());
    assertEquals(0, pool.purge(false));
    // Blocks that were out and are back: their pages, from the first to the last, have not rested.
    List<Long> used = take(ANN, Math.max(3, 6 * page / bytes));
    Set<Long> usedPages = pagesOf(used);
    giveBack(used);
    usedPages.removeAll(pagesOf(kept));
    assertTrue(usedPages.size() > 1);
    assertEquals(due - usedPages.size() * (long) page, pool.purge(false));
    assertEquals(0, pool.purge(false));
    assertEquals(usedPages.size() * (long) page, pool.purge(false));
    assertFalse(pool.isResting());
    assertEquals(0, superslabs.refaults());
  }

  @Test
  void purge_step_retiresSlabsThatWereEmptyAtTheStepBefore() {
    List<Long> blocks = take(ANN, 2);
    giveBack(blocks);
    pool.purge(false);
    int kept = bytes <= 8192 ? 1 : 0;
    assertEquals(kept, pool.state().slabs(), "of large blocks it went at once");
    assertEquals(kept > 0, pool.isResting());
    giveBack(take(ANN, 1));
    pool.purge(false);
    assertEquals(kept, pool.state().slabs(), "it was of use in between");
    pool.purge(false);
    assertEquals(0, pool.state().slabs());
  }

  @Test
  void purge_ofSlabWithBlockThatIsLiveAfterAll_leavesItsPages() {
    // The trace of two frees that raced: the block came home and was handed out as well.
    List<Long> blocks = takeAll(1);
    write(blocks);
    giveBack(blocks.subList(1, blocks.size()));
    long live = blocks.get(blocks.size() / 2);
    int before = markLive(live);
    pool.purge(true);
    checkContents(List.of(live));
    pool.purge(true);
    checkContents(List.of(live));
    assertEquals(1, pool.countLive());
    mark(live, before);
    giveBack(List.of(live));
  }

  @Test
  void randomOperations_whileAnotherThreadPurges_keepContentsAndAccount() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread purger =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (int i = 0; !stop.get(); i++) {
                      pool.purge(i % 3 != 0);
                    }
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
    SplittableRandom random = new SplittableRandom(sizeClass);
    List<Long> out = new ArrayList<>();
    int most = Math.min(4 * blocksPerSlab, 3000);
    try {
      for (int step = 0; step < 3000; step++) {
        boolean grow = step / 500 % 2 == 0;
        if (out.size() < most && random.nextInt(10) < (grow ? 7 : 3)) {
          long[] into = new long[32];
          int got = pool.fill(random.nextBoolean() ? ANN : BOB, into, 0, 1 + random.nextInt(32));
          assertTrue(got > 0);
          List<Long> taken = new ArrayList<>();
          for (int i = 0; i < got; i++) {
            taken.add(into[i]);
          }
          checkZero(taken);
          write(taken);
          out.addAll(taken);
        } else {
          List<Long> back = new ArrayList<>();
          for (int i = random.nextInt(40); i >= 0 && !out.isEmpty(); i--) {
            back.add(out.remove(random.nextInt(out.size())));
          }
          checkContents(back);
          giveBack(back);
        }
      }
    } finally {
      stop.set(true);
      purger.join();
    }
    if (failure.get() != null) {
      throw new AssertionError("the purge failed", failure.get());
    }
    checkContents(out);
    giveBack(out);
    pool.verify();
    pool.purge(true);
    assertEquals(0, pool.state().slabs());
    assertEquals(0, pool.state().duplicates());
    superslabs.purge(System.nanoTime());
    assertEquals(0, account.chargedBytes());
  }

  // ---- helpers

  /** Takes all blocks of some slabs and writes to them. */
  private List<Long> takeAll(int slabs) {
    List<Long> blocks = take(ANN, slabs * blocksPerSlab);
    write(blocks);
    return blocks;
  }

  /** Gives most blocks back, so many that there are pages without a used one. */
  private List<Long> keepFew(List<Long> blocks) {
    return keepOneIn(Math.max(20, 4 * page / bytes), blocks);
  }

  /** Gives blocks back but one in {@code n}, at random, at least one of each slab. */
  private List<Long> keepOneIn(int n, List<Long> blocks) {
    List<Long> kept = new ArrayList<>();
    List<Long> back = new ArrayList<>();
    Random random = new Random(sizeClass);
    Set<Long> slabs = new HashSet<>();
    for (long address : blocks) {
      boolean first = slabs.add(slabOf(address));
      (first || random.nextInt(n) == 0 ? kept : back).add(address);
    }
    Collections.shuffle(back, random);
    giveBack(back);
    return kept;
  }

  private long slabOf(long address) {
    return superslabs.content(Region.sliceOf(address)) instanceof Slab slab ? slab.base : 0;
  }

  /** Numbers of the pages that blocks lie on. */
  private Set<Long> pagesOf(List<Long> blocks) {
    Set<Long> pages = new TreeSet<>();
    for (long address : blocks) {
      for (long at = address / page; at <= (address + bytes - 1) / page; at++) {
        pages.add(at);
      }
    }
    return pages;
  }

  private void write(List<Long> blocks) {
    for (long address : blocks) {
      for (long at = address; at < address + bytes; at += Long.BYTES) {
        Memory.putLong(at, at | 1);
      }
      if (sizeClass > SizeClasses.TINY_CLASSES) {
        // As by a free: it is not known any longer to be zero.
        PoolLiveMap.set(address, PoolLiveMap.get(address) & ~PoolLiveMap.ZERO);
      }
    }
  }

  private void checkContents(List<Long> blocks) {
    for (long address : blocks) {
      for (long at = address; at < address + bytes; at += Long.BYTES) {
        assertEquals(at | 1, Memory.getLong(at), "somebody took the block's memory");
      }
    }
  }

  /** Checks that blocks known to be zero are; how many are known. */
  private int checkZero(List<Long> blocks) {
    int known = 0;
    for (long address : blocks) {
      if (sizeClass <= SizeClasses.TINY_CLASSES) {
        assertEquals(-sizeClass, LiveMap.get(address));
      } else {
        int state = PoolLiveMap.get(address);
        assertEquals(PoolLiveMap.carvedAt(address), state & ~PoolLiveMap.ZERO);
        if ((state & PoolLiveMap.ZERO) != 0) {
          known++;
          for (long at = address; at < address + bytes; at += Long.BYTES) {
            assertEquals(0, Memory.getLong(at), "known to be zero");
          }
        }
      }
    }
    return known;
  }

  private int markLive(long address) {
    boolean tiny = sizeClass <= SizeClasses.TINY_CLASSES;
    int before = tiny ? LiveMap.get(address) : PoolLiveMap.get(address);
    mark(address, tiny ? sizeClass : before | PoolLiveMap.LIVE);
    return before;
  }

  private void mark(long address, int value) {
    assertNotEquals(0, value);
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      LiveMap.set(address, value);
    } else {
      PoolLiveMap.set(address, value);
    }
  }

  private List<Long> take(int owner, int count) {
    List<Long> taken = new ArrayList<>();
    while (taken.size() < count) {
      long[] into = new long[count - taken.size()];
      int got = pool.fill(owner, into, 0, into.length);
      assertTrue(got > 0, "memory is there");
      for (int i = 0; i < got; i++) {
        taken.add(into[i]);
      }
    }
    return taken;
  }

  private void giveBack(List<Long> blocks) {
    long[] array = blocks.stream().mapToLong(Long::longValue).toArray();
    pool.giveBack(array, 0, array.length);
  }
}
