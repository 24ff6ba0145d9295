// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reservations on a system that refuses this or that. */
final class ReservationTest {

  private static final long BYTES = 256L << 20;

  private final FakeOsMemory os = FakeOsMemory.onThisSystem();
  private final List<Reservation> made = new ArrayList<>();

  @AfterEach
  void releaseAll() {
    os.refuse(FakeOsMemory.Refusal.NEVER);
    for (Reservation reservation : made) {
      reservation.forEachRange(
          (name, address, byteSize) -> assertTrue(os.release(address, byteSize), name));
    }
    assertEquals(0, os.reservedBytes(), "address space that nobody releases");
  }

  @Test
  void reserve_withoutRefusal_hasTheSizeAndItsMapsApart() {
    Reservation reservation = reserve(BYTES);
    assertEquals(BYTES, reservation.regionBytes());
    assertEquals(0, reservation.base() % BYTES);
    assertRangesAreApart(reservation);
    assertEquals(reservation.byteSize(), os.reservedBytes());
  }

  @Test
  void reserve_namesEveryRange() {
    Reservation reservation = reserve(BYTES);
    reservation.forEachRange(
        (name, address, byteSize) -> assertEquals("hakmem " + name, os.labels().get(address)));
    assertEquals(5, os.labels().size());
    os.refuse((call, number) -> call == Call.LABEL);
    assertRangesAreApart(reserve(BYTES));
  }

  @Test
  void reserve_again_isElsewhere() {
    for (int i = 0; i < 20; i++) {
      assertRangesAreApart(reserve(BYTES));
    }
    List<Long> bases = made.stream().map(Reservation::base).distinct().toList();
    assertEquals(20, bases.size());
  }

  @Test
  void reserve_atAChosenPlace_takesNoneOfTheSlowOnes() {
    for (int i = 0; i < 30; i++) {
      Reservation reservation = reserve(BYTES);
      boolean chosen = reservation.liveMap() == reservation.base() >>> Region.GRANULE_SHIFT;
      assertTrue(!chosen || reservation.base() % Reservation.SLOW_STEP != 0, () -> "" + made);
    }
  }

  @Test
  void reserve_whenNoChosenPlaceIsFree_takesAnyPlace() {
    // The first reservations fail one after the other, until there is nothing left to choose.
    os.refuse((call, number) -> call == Call.RESERVE && number <= 8);
    Reservation reservation = reserve(BYTES);
    assertEquals(BYTES, reservation.regionBytes());
    assertEquals(0, reservation.base() % BYTES);
    assertRangesAreApart(reservation);
    assertEquals(reservation.byteSize(), os.reservedBytes());
  }

  @Test
  void reserve_whenTheFirstSizeIsRefused_takesHalf() {
    os.refuse((call, number) -> call == Call.RESERVE && number <= 9);
    assertEquals(BYTES / 2, reserve(BYTES).regionBytes());
  }

  @Test
  void reserve_afterARefusal_leavesAsMuchAddressSpaceAsItTakes() {
    // 512 MiB of address space: BYTES and its maps fit once, not twice.
    os.bound(512L << 20);
    Reservation reservation = reserve(2 * BYTES);
    assertEquals(BYTES / 2, reservation.regionBytes());
    assertTrue(2 * reservation.byteSize() <= 512 << 20, "leaves less than it takes");
  }

  @Test
  void cacheAreas_ofAnyRegion_takeAQuarterOfItAtMost() {
    for (long bytes = Reservation.MIN_REGION_BYTES; bytes <= 1L << 40; bytes *= 2) {
      Reservation reservation = reserve(bytes);
      long areas = (long) reservation.cacheAreaCount() << Reservation.CACHE_AREA_SHIFT;
      assertEquals(Math.min(bytes / 4, 4L << 30), areas);
      assertTrue(reservation.cacheAreaCount() <= PageMap.MAX_OWNER + 1);
    }
  }

  @Test
  void reserve_whenEverythingIsRefused_isNull() {
    os.refuse((call, number) -> call == Call.RESERVE);
    assertNull(Reservation.reserve(os, BYTES));
    assertEquals(0, os.reservedBytes());
  }

  @Test
  void reserve_whenReadingIsRefused_isNullAndKeepsNothing() {
    os.refuse((call, number) -> call == Call.ALLOW_READ);
    assertNull(Reservation.reserve(os, BYTES));
    assertEquals(0, os.reservedBytes());
  }

  @Test
  void reserve_withAnyOneCallRefused_keepsNothingButTheResult() {
    for (int n = 1; n < 40; n++) {
      int refused = n;
      long before = os.reservedBytes();
      os.refuse((call, number) -> number == refused && call != Call.RELEASE);
      Reservation reservation = reserve(BYTES);
      assertEquals(before + reservation.byteSize(), os.reservedBytes(), "call " + n + " refused");
    }
  }

  private Reservation reserve(long bytes) {
    Reservation reservation = Reservation.reserve(os, bytes);
    assertNotNull(reservation);
    made.add(reservation);
    return reservation;
  }

  private static void assertRangesAreApart(Reservation reservation) {
    List<long[]> ranges = new ArrayList<>();
    reservation.forEachRange(
        (name, address, byteSize) -> ranges.add(new long[] {address, address + byteSize}));
    ranges.sort(Comparator.comparingLong(range -> range[0]));
    for (int i = 1; i < ranges.size(); i++) {
      assertTrue(ranges.get(i - 1)[1] <= ranges.get(i)[0], "ranges overlap");
    }
  }
}
