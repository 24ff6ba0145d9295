// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the allocator relies on, of every source of memory and of the fake alike. */
@ParameterizedClass
@EnumSource(OsMemoryContractTest.Source.class)
final class OsMemoryContractTest {

  private static final long SIZE = 1 << 20;

  /** An implementation. */
  enum Source {
    LINUX,
    PORTABLE,
    FAKE_LINUX,
    FAKE_PORTABLE;

    OsMemory open() {
      OsMemory real =
          this == PORTABLE || this == FAKE_PORTABLE ? new PortableMemory() : LinuxMemoryTest.open();
      return this == LINUX || this == PORTABLE ? real : new FakeOsMemory(real);
    }
  }

  private final OsMemory os;
  private final long address;

  OsMemoryContractTest(Source source) {
    os = source.open();
    address = os.reserve(0, SIZE);
  }

  @AfterEach
  void release() {
    assertTrue(os.release(address, SIZE));
  }

  @Test
  void pageBytes_isPowerOfTwo() {
    assertEquals(1, Integer.bitCount(os.pageBytes()));
    assertTrue(os.pageBytes() >= 4096);
  }

  @Test
  void usualRegionBytes_isPowerOfTwo() {
    assertEquals(1, Long.bitCount(os.usualRegionBytes()));
    assertTrue(os.usualRegionBytes() >= 256 << 20);
  }

  @Test
  void reserve_anywhere_givesWholePages() {
    for (long size = os.pageBytes(); size <= 64 << 20; size *= 2) {
      long place = os.reserve(0, size);
      assertNotEquals(0, place);
      assertEquals(0, place % os.pageBytes());
      assertTrue(place + size <= address || place >= address + SIZE, "overlaps another one");
      assertTrue(os.release(place, size));
    }
  }

  @Test
  void reserve_atTakenPlace_isRefusedAndKeepsNothing() {
    OsCallCounts before = os.callCounts();
    assertEquals(0, os.reserve(address, SIZE));
    OsCallCounts after = os.callCounts();
    assertEquals(after.reserve() - before.reserve(), after.release() - before.release());
  }

  @Test
  void reserve_ofMoreThanThereIs_isRefused() {
    long before = os.callCounts().refused();
    assertEquals(0, os.reserve(0, 1L << 50));
    assertEquals(before + 1, os.callCounts().refused());
  }

  @Test
  void allowRead_readsZero() {
    assertTrue(os.allowRead(address, SIZE));
    assertAllZero(address, SIZE);
  }

  @Test
  void commit_readsZeroAndIsWritable() {
    long page = os.pageBytes();
    assertTrue(os.commit(address + page, 2 * page));
    assertAllZero(address + page, 2 * page);
    CBytes.fill(address + page, 2 * page, (byte) 7);
    assertEquals(7, Memory.getByte(address + page));
    assertEquals(7, Memory.getByte(address + 3 * page - 1));
  }

  @Test
  void commit_again_keepsContents() {
    assertTrue(os.commit(address, SIZE));
    Memory.putLong(address, 42);
    assertTrue(os.commit(address, SIZE));
    assertEquals(42, Memory.getLong(address));
  }

  @Test
  void decommit_zeroesAndStaysWritable_orIsRefusedAndChangesNothing() {
    long page = os.pageBytes();
    assertTrue(os.commit(address, SIZE));
    CBytes.fill(address, SIZE, (byte) 7);
    assertEquals(os.returnsMemory(), os.decommit(address + page, SIZE - 2 * page));
    if (os.returnsMemory()) {
      assertAllZero(address + page, SIZE - 2 * page);
    } else {
      assertEquals(7, Memory.getByte(address + page));
    }
    assertEquals(7, Memory.getByte(address + page - 1));
    assertEquals(7, Memory.getByte(address + SIZE - page));
    Memory.putLong(address + page, 1);
    assertEquals(1, Memory.getLong(address + page));
  }

  @Test
  void release_ofWhatWasNeverReserved_isRefused() {
    assertFalse(os.release(address + 1, SIZE));
  }

  @Test
  void callCounts_countReservationsAndReleases() {
    OsCallCounts before = os.callCounts();
    long other = os.reserve(0, SIZE);
    assertTrue(os.release(other, SIZE));
    OsCallCounts after = os.callCounts();
    assertEquals(before.reserve() + 1, after.reserve());
    assertEquals(before.release() + 1, after.release());
    assertEquals(before.refused(), after.refused());
  }

  static void assertAllZero(long from, long byteSize) {
    for (long at = from; at < from + byteSize; at += Long.BYTES) {
      assertEquals(0, Memory.getLong(at));
    }
  }
}
