// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.Memory;
import io.hakmem.os.FakeOsMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which pages are charged: from before they are touched until the system has taken them. */
final class SuperslabChargesTest {

  private static final int SLICES = Region.SLICES_PER_SUPERSLAB;
  private static final int ALL = -1;
  private static final long WHOLE_SLICE = 0xffff;

  private final FakeOsMemory os = TestRegion.wiped();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final long pageBytes = os.pageBytes();
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
  void chargedPages_freshThenUsedThenPurged_readAsZeroWhereNotCharged() {
    int keeper = superslabs.acquireSlices(1, true);
    int slice = superslabs.acquireSlices(2, true);
    assertEquals(0, superslabs.chargedPages(slice, 2));
    assertTrue(superslabs.chargePages(slice, 0x8_0001));
    Memory.putLong(Region.addressOf(slice), 1);
    Memory.putLong(Region.addressOf(slice + 1) + 3 * pageBytes, 1);
    superslabs.releaseSlices(slice, 2, 10);
    assertEquals(slice, superslabs.acquireSlices(2, true));
    assertEquals(0x8_0001, superslabs.chargedPages(slice, 2));
    assertEquals(8, superslabs.chargedPages(slice + 1, 1));
    superslabs.releaseSlices(slice, 2, 20);
    superslabs.purge(20);
    assertEquals(slice, superslabs.acquireSlices(2, true));
    assertEquals(0, superslabs.chargedPages(slice, 2));
    assertEquals(0, Memory.getLong(Region.addressOf(slice)));
    superslabs.releaseSlices(keeper, 1, 30);
  }

  @Test
  void chargePages_countsEachPageOnce() {
    int slice = superslabs.acquireSlices(4, false);
    assertTrue(superslabs.chargePages(slice, 0b111));
    assertTrue(superslabs.chargePages(slice, 0b1110));
    assertEquals(4 * pageBytes, account.chargedBytes());
    assertTrue(superslabs.chargePages(slice, 1L << 63));
    assertEquals((1L << 63) | 0b1111, superslabs.chargedPages(slice, 4));
    assertEquals(1 << 15, superslabs.chargedPages(slice + 3, 1));
    superslabs.unchargePages(slice, -1L);
    assertEquals(0, account.chargedBytes());
    assertEquals(0, superslabs.chargedPages(slice, 4));
  }

  @Test
  void chargePages_beyondTheLimit_isRefusedAltogether() {
    Account small = new Account(3 * pageBytes);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    int slice = limited.acquireSlices(2, false);
    assertTrue(limited.chargePages(slice, 0b11));
    assertFalse(limited.chargePages(slice, 0b1101));
    assertEquals(0b11, limited.chargedPages(slice, 2));
    assertTrue(limited.chargePages(slice, 0b111));
    limited.verify();
  }

  @Test
  void refaults_areThePagesChargedAgainAfterAPurge() {
    int slice = superslabs.acquireSlices(2, false);
    assertTrue(superslabs.chargePages(slice, 0b111));
    assertTrue(superslabs.chargePages(slice, 0b1110));
    assertEquals(0, superslabs.refaults());
    superslabs.unchargePages(slice, 0b11);
    assertTrue(superslabs.chargePages(slice, 0b10010));
    assertEquals(1, superslabs.refaults(), "one page came back, one is new");
    superslabs.releaseSlices(slice, 2, 0);
    superslabs.purge(0);
    int index = superslabs.acquireSuperslabs(1, 1);
    assertTrue(superslabs.chargeSlices(index, 0b11));
    assertEquals(1 + 5, superslabs.refaults());
    superslabs.releaseSuperslab(index, 0b11, 0);
    assertEquals(6, superslabs.refaults());
  }

  @Test
  void acquireSuperslabs_ofPartlyChargedSlices_chargesTheRest() {
    int slice = superslabs.acquireSlices(3, false);
    assertTrue(superslabs.chargePages(slice, 0b101));
    superslabs.releaseSlices(slice, 3, 0);
    int index = superslabs.acquireSuperslabs(1, 1);
    assertEquals(slice / SLICES, index);
    assertEquals(1, superslabs.dirtySlices(index));
    assertEquals(Region.SLICE_BYTES, account.chargedBytes());
    superslabs.releaseSuperslab(index, superslabs.dirtySlices(index), 0);
    assertEquals(Region.SLICE_BYTES, superslabs.purge(0));
  }

  @Test
  void acquireSuperslabs_ofPartlyChargedSlicesAtTheLimit_isRefused() {
    Account small = new Account(4 * pageBytes);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    int slice = limited.acquireSlices(1, false);
    assertTrue(limited.chargePages(slice, 1));
    limited.releaseSlices(slice, 1, 0);
    assertEquals(Superslabs.NONE, limited.acquireSuperslabs(1, 1));
    assertFalse(limited.acquireSuperslabsAt(0, 1));
    limited.verify();
    limited.purge(0);
    assertEquals(0, limited.acquireSuperslabs(1, 1));
  }

  @Test
  void charges_ofSlicesWithLiveMap_includeItsPages() {
    int slice = superslabs.acquireSlices(3, true);
    assertEquals(3 * mapPage, account.chargedBytes());
    assertTrue(superslabs.chargePages(slice, 0b11));
    long charged = 3 * mapPage + 2 * pageBytes;
    assertEquals(charged, account.chargedBytes());
    superslabs.releaseSlices(slice, 3, 5);
    assertEquals(charged, account.chargedBytes(), "still in memory");
    assertEquals(slice, superslabs.acquireSlices(3, false));
    assertEquals(charged, account.chargedBytes());
    superslabs.releaseSlices(slice, 3, 5);
    assertEquals(charged, superslabs.purge(5));
    assertEquals(0, account.chargedBytes());
  }

  @Test
  void wholeSuperslabs_chargesFollowTheirHolder() {
    int index = superslabs.acquireSuperslabs(1, 1);
    assertEquals(0, account.chargedBytes());
    assertTrue(superslabs.chargeSlices(index, 0b1111));
    assertTrue(superslabs.chargeSlices(index, 0b11));
    assertEquals(4 * Region.SLICE_BYTES, account.chargedBytes());
    superslabs.unchargeSlices(index, 0b11000);
    assertEquals(3 * Region.SLICE_BYTES, account.chargedBytes());
    superslabs.releaseSuperslab(index, superslabs.dirtySlices(index), 0);
    assertEquals(3 * Region.SLICE_BYTES, superslabs.purge(0));
    assertEquals(0, account.chargedBytes());
    assertEquals(0, superslabs.dirtySlices(index));
  }

  @Test
  void liveMapPages_ofSuperslabThatBecameWhole_areUnchargedAtLast() {
    int slice = acquireCharged(4, true);
    superslabs.releaseSlices(slice, 4, 0);
    int index = superslabs.acquireSuperslabs(1, 1);
    assertEquals(slice / SLICES, index);
    superslabs.purge(0);
    superslabs.releaseSuperslab(index, superslabs.dirtySlices(index), 0);
    superslabs.purge(0);
    assertEquals(0, account.chargedBytes());
  }

  @Test
  void limit_whenReached_refusesAndLeavesStateSound() {
    Account small = new Account(3 * Region.SLICE_BYTES);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    int slice = limited.acquireSlices(3, false);
    assertTrue(limited.chargePages(slice, 0xffff_ffff_ffffL));
    assertEquals(Superslabs.NONE, limited.acquireSlices(1, true), "no room for the map's page");
    assertEquals(3 * Region.SLICE_BYTES, small.chargedBytes());
    limited.verify();
    assertEquals(slice + 3, limited.acquireSlices(1, false));
    limited.releaseSlices(slice, 3, 0);
    limited.releaseSlices(slice + 3, 1, 0);
    assertEquals(0, limited.acquireSuperslabs(1, 1));
    assertFalse(limited.chargeSlices(0, ALL));
    assertTrue(limited.chargeSlices(0, 0b111));
    limited.releaseSuperslab(0, limited.dirtySlices(0), 0);
    limited.verify();
    assertEquals(3 * Region.SLICE_BYTES, limited.purge(0));
    assertEquals(0, small.chargedBytes());
  }

  @Test
  void limit_reachedByTheFirstSliceOfASuperslab_leavesItFree() {
    Account small = new Account(mapPage - 1);
    Superslabs limited = new Superslabs(TestRegion.wiped(), small);
    assertEquals(Superslabs.NONE, limited.acquireSlices(1, true));
    assertEquals(0, limited.acquireSuperslabs(1, 1), "any tier may have it");
    limited.verify();
  }
}
