// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.Memory;
import io.hakmem.os.FakeOsMemory;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.Superslabs;
import io.hakmem.superslab.TestRegion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Slabs between the steps: on pages of others, while their pages go, and a few with one lock. */
@ParameterizedClass
@ValueSource(ints = {1, 9, 32, 33, 35, 48, 57, 65, 72, 76})
final class SlabPagesTest {

  private static final int ANN = 1;
  private static final int MANY = 2 * SlabPool.SLABS_PER_LOCK + 3;
  private static final long EVERY_OTHER = 0xaaaa_aaaa_aaaa_aaaaL;

  private final int sizeClass;
  private final SlabLayout layout;
  private final FakeOsMemory os = TestRegion.wiped();
  private final int page = os.pageBytes();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final Owners owners = new Owners();
  private final SlabPool pool;

  SlabPagesTest(int sizeClass) {
    this.sizeClass = sizeClass;
    layout = new SlabLayout(sizeClass, superslabs.pageShift());
    pool = new SlabPool(sizeClass, superslabs, owners);
  }

  @BeforeEach
  void ownersArrive() {
    for (int owner = ANN; owner <= MANY; owner++) {
      owners.arrive(owner);
    }
  }

  @AfterEach
  void verify() {
    pool.verify();
    assertEquals(superslabs.verify(), account.chargedBytes());
  }

  @Test
  void fill_whereOthersLeftPagesCharged_takesEachBlockOnceAndKnowsTheZeros() {
    int count = SizeClasses.slices(sizeClass);
    int slice = superslabs.acquireSlices(count, false);
    long base = Region.addressOf(slice);
    long charged = EVERY_OTHER & layout.pages;
    assertTrue(superslabs.chargePages(slice, charged));
    for (long left = charged; left != 0; left &= left - 1) {
      long from = base + (long) Long.numberOfTrailingZeros(left) * page;
      for (long at = from; at < from + page; at += Long.BYTES) {
        Memory.putLong(at, -1);
      }
    }
    superslabs.releaseSlices(slice, count, 0);
    Set<Long> taken = new HashSet<>();
    long[] into = new long[3];
    while (taken.size() < layout.blocks) {
      int got = pool.fill(ANN, into, 0, Math.min(into.length, layout.blocks - taken.size()));
      pool.verify();
      assertTrue(got > 0, "blocks are left");
      for (int i = 0; i < got; i++) {
        assertTrue(taken.add(into[i]), "handed out twice");
        checkZero(
            into[i], (layout.pagesOf((int) ((into[i] - base) / layout.bytes)) & charged) == 0);
      }
    }
    assertEquals(new SlabPoolState(1, layout.blocks, 0, 0), pool.state());
  }

  @Test
  void purge_whileTheSystemWorks_keepsSlabWithoutReadyBlocksOutOfTheLists() {
    giveBack(onLastPage(take(layout.blocks)));
    List<Long> seen = new ArrayList<>();
    os.listen(
        (address, byteSize) -> {
          seen.add(address);
          assertEquals(0, pool.state().freeBlocks());
          pool.verify();
        });
    assertTrue(pool.purge(true) > 0);
    assertEquals(1, seen.size());
  }

  @Test
  void purge_ofSlabWhoseReadyBlocksAreAllLive_takesItOutOfItsList() {
    List<Long> live = onLastPage(take(layout.blocks));
    giveBack(live);
    for (long address : live) {
      if (layout.isTiny()) {
        LiveMap.set(address, sizeClass);
      } else {
        PoolLiveMap.set(address, PoolLiveMap.get(address) | PoolLiveMap.LIVE);
      }
    }
    assertEquals(0, pool.purge(true));
    assertEquals(new SlabPoolState(1, layout.blocks, 0, 1), pool.state());
    assertEquals(live.size(), pool.countLive());
  }

  @Test
  void purgeSome_ofFullSlabs_looksAtAFew() {
    take(MANY * layout.blocks);
    PurgeStep step = new PurgeStep(true);
    assertTrue(pool.purgeSome(step));
    assertEquals(MANY - SlabPool.SLABS_PER_LOCK, step.left);
    assertTrue(pool.purgeSome(step));
    assertEquals(3, step.left);
    assertFalse(pool.purgeSome(step));
    assertEquals(0, step.left);
    assertEquals(0, step.bytes);
  }

  @Test
  void purgeSome_ofEmptySlabs_retiresOne() {
    for (int owner = ANN; owner <= MANY; owner++) {
      long[] block = new long[1];
      assertEquals(1, pool.fill(owner, block, 0, 1));
      pool.giveBack(block, 0, 1);
    }
    int kept = layout.keepsEmpty ? MANY : 0;
    assertEquals(kept, pool.state().slabs());
    PurgeStep step = new PurgeStep(true);
    for (int left = kept - 1; left >= 0; left--) {
      assertEquals(left > 0, pool.purgeSome(step));
      assertEquals(left, pool.state().slabs());
      assertEquals(left, step.left);
    }
  }

  @Test
  void purgeSome_ofSlabsWithHoles_givesPagesOfOneBack() {
    List<Long> blocks = take(MANY * layout.blocks);
    for (int slab = 0; slab < MANY; slab++) {
      giveBack(onLastPage(blocks.subList(slab * layout.blocks, (slab + 1) * layout.blocks)));
    }
    PurgeStep step = new PurgeStep(true);
    for (int left = MANY - 1; left >= 0; left--) {
      long before = step.bytes;
      assertEquals(left > 0, pool.purgeSome(step));
      assertTrue(step.bytes > before);
      assertEquals(left, step.left);
    }
    assertEquals(MANY, pool.state().slabs());
  }

  // ---- helpers

  /** Takes blocks of fresh slabs, one slab after the other, lowest address first. */
  private List<Long> take(int count) {
    List<Long> taken = new ArrayList<>();
    while (taken.size() < count) {
      long[] into = new long[count - taken.size()];
      int got = pool.fill(ANN, into, 0, into.length);
      assertTrue(got > 0, "memory is there");
      for (int i = got - 1; i >= 0; i--) {
        taken.add(into[i]);
      }
    }
    return taken;
  }

  /** Of all blocks of a slab those on its last page. */
  private List<Long> onLastPage(List<Long> blocks) {
    int last = Long.SIZE - 1 - Long.numberOfLeadingZeros(layout.pages);
    return List.copyOf(blocks.subList(layout.firstOn(last), layout.endOn(last)));
  }

  private void checkZero(long address, boolean isZero) {
    if (!layout.isTiny()) {
      assertEquals(isZero, (PoolLiveMap.get(address) & PoolLiveMap.ZERO) != 0);
    }
    for (long at = address; isZero && at < address + layout.bytes; at += Long.BYTES) {
      assertEquals(0, Memory.getLong(at));
    }
  }

  private void giveBack(List<Long> blocks) {
    long[] array = blocks.stream().mapToLong(Long::longValue).toArray();
    pool.giveBack(array, 0, array.length);
  }
}
