// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The region's arithmetic, and the three maps on it. */
final class RegionAndMapsTest {

  private static final int SLICES = 32;

  @BeforeEach
  void commitFirstSuperslabs() {
    Superslabs superslabs = new Superslabs(TestRegion.wiped(), new Account(Long.MAX_VALUE));
    assertEquals(0, superslabs.acquireSuperslabs(4, 1));
  }

  @Test
  void contains_atTheBorders_isExact() {
    long end = Region.BASE + Region.BYTES;
    assertTrue(Region.contains(Region.BASE));
    assertTrue(Region.contains(end - 1));
    assertFalse(Region.contains(Region.BASE - 1));
    assertFalse(Region.contains(end));
    assertFalse(Region.contains(0));
    assertFalse(Region.contains(-1));
    assertFalse(Region.contains(Region.BASE | Long.MIN_VALUE));
  }

  @Test
  void containsGranule_everyOffsetInTwoGranules_isTrueForMultiplesOf16Only() {
    for (long start : new long[] {Region.BASE, Region.BASE + Region.BYTES - 32}) {
      for (int offset = 0; offset < 32; offset++) {
        assertEquals(offset % 16 == 0, Region.containsGranule(start + offset), "offset " + offset);
      }
    }
    assertFalse(Region.containsGranule(Region.BASE - 16));
    assertFalse(Region.containsGranule(Region.BASE + Region.BYTES));
    assertFalse(Region.containsGranule(0));
    assertFalse(Region.containsGranule(-16));
    assertFalse(Region.containsGranule(Region.BASE | Long.MIN_VALUE));
    for (int bit = 0; bit < 64; bit++) {
      long flipped = Region.BASE ^ 1L << bit;
      boolean inside = flipped >= Region.BASE && flipped < Region.BASE + Region.BYTES;
      assertEquals(inside && bit >= 4, Region.containsGranule(flipped), "bit " + bit);
    }
  }

  @Test
  void sliceOf_isTheInverseOfAddressOf() {
    int last = (int) (Region.BYTES >>> Region.SLICE_SHIFT) - 1;
    for (int slice : new int[] {0, 1, 31, 32, last}) {
      assertEquals(slice, Region.sliceOf(Region.addressOf(slice)));
      assertEquals(slice, Region.sliceOf(Region.addressOf(slice) + Region.SLICE_BYTES - 1));
    }
    assertEquals(TestRegion.BYTES, Region.BYTES);
    assertEquals(0, Region.BASE % Region.BYTES);
  }

  @Test
  void pageMap_registerAndForget_touchExactlyTheirSlices() {
    PageMap.register(3, 4, 0xffff, PageMap.ACE);
    for (int slice = 0; slice < SLICES; slice++) {
      int entry = PageMap.entry(Region.addressOf(slice) + 12_345);
      boolean entered = slice >= 3 && slice < 7;
      assertEquals(entered ? PageMap.ACE : 0, PageMap.kind(entry), "kind of slice " + slice);
      assertEquals(entered ? 0xffff : 0, PageMap.owner(entry), "owner of slice " + slice);
      assertEquals(PageMap.kind(entry), PageMap.kindOfSlice(slice));
    }
    PageMap.forget(4, 2);
    assertEquals(PageMap.ACE, PageMap.kindOfSlice(3));
    assertEquals(0, PageMap.entry(Region.addressOf(4)));
    assertEquals(0, PageMap.entry(Region.addressOf(5)));
    assertEquals(PageMap.ACE, PageMap.kindOfSlice(6));
  }

  @Test
  void pageMap_ofSlicesNeverCommitted_readsAsNothing() {
    int last = (int) (Region.BYTES >>> Region.SLICE_SHIFT) - 1;
    assertEquals(0, PageMap.entry(Region.addressOf(last)));
    assertEquals(0, LiveMap.get(Region.addressOf(last)));
    assertEquals(0, PoolLiveMap.get(Region.addressOf(last)));
  }

  @Test
  void liveMap_everyGranule_hasAByteOfItsOwn() {
    for (int granule = 0; granule < 4096; granule++) {
      LiveMap.set(Region.BASE + granule * 16L, granule % 2 == 0 ? granule % 33 : -(granule % 33));
    }
    for (int granule = 0; granule < 4096; granule++) {
      assertEquals(
          granule % 2 == 0 ? granule % 33 : -(granule % 33),
          LiveMap.get(Region.BASE + granule * 16L));
    }
    LiveMap.set(Region.BASE + 160, 32 | LiveMap.LOOSE);
    assertEquals(32 | LiveMap.LOOSE, LiveMap.get(Region.BASE + 160), "not taken for negative");
    LiveMap.clear(Region.BASE + 16, 1024);
    assertEquals(0, LiveMap.get(Region.BASE + 16));
    assertEquals(0, LiveMap.get(Region.BASE + 1024));
    assertEquals(-(65 % 33), LiveMap.get(Region.BASE + 1040));
  }

  @Test
  void poolLiveMap_everyStartInACell_hasAByteOfItsOwn() {
    Set<Integer> bytes = new HashSet<>();
    for (int start = 0; start < 1024; start += 128) {
      long address = Region.BASE + 5 * 1024 + start;
      assertTrue(PoolLiveMap.isStart(address));
      assertFalse(PoolLiveMap.isStart(address + 16));
      int carved = PoolLiveMap.carvedAt(address);
      assertTrue(bytes.add(carved));
      for (int flags : new int[] {0, PoolLiveMap.LIVE, PoolLiveMap.ZERO, PoolLiveMap.LOOSE}) {
        PoolLiveMap.set(address, carved | flags);
        assertEquals(carved | flags, PoolLiveMap.get(address));
        assertEquals(carved | flags, PoolLiveMap.get(Region.BASE + 5 * 1024), "same cell");
        assertEquals(0, PoolLiveMap.get(address - 1024), "cell before");
        assertEquals(0, PoolLiveMap.get(address + 1024), "cell behind");
      }
    }
    PoolLiveMap.clear(Region.BASE, 64 << 10);
    assertEquals(0, PoolLiveMap.get(Region.BASE + 5 * 1024));
  }

  @Test
  void maps_ofWholeRegion_doNotOverlap() {
    // The last bytes of one map next to the first of another would show in these places.
    long last = Region.BASE + Region.BYTES - 16;
    Set<Long> addresses = new HashSet<>();
    addresses.add(LiveMap.mapAddress(Region.BASE));
    addresses.add(LiveMap.mapAddress(last));
    addresses.add(PoolLiveMap.mapAddress(Region.BASE));
    addresses.add(PoolLiveMap.mapAddress(last));
    addresses.add(PageMap.mapAddress(Region.BASE));
    addresses.add(PageMap.mapAddress(last));
    assertEquals(6, addresses.size());
    assertEquals(Region.BYTES / 16 - 1, LiveMap.mapAddress(last) - LiveMap.mapAddress(Region.BASE));
    assertEquals(
        Region.BYTES / 1024 - 1,
        PoolLiveMap.mapAddress(last) - PoolLiveMap.mapAddress(Region.BASE));
    assertEquals(
        (Region.BYTES / 65536 - 1) * 4, PageMap.mapAddress(last) - PageMap.mapAddress(Region.BASE));
  }
}
