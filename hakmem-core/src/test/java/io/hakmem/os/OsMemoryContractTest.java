// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the allocator relies on, of the real system and of the fake alike. */
@ParameterizedClass
@EnumSource(OsMemoryContractTest.Source.class)
final class OsMemoryContractTest {

  private static final long SIZE = 1 << 20;

  /** An implementation. */
  enum Source {
    LINUX,
    FAKE;

    OsMemory open() {
      LinuxConstants constants = LinuxConstants.of(System.getProperty("os.arch")).orElseThrow();
      LinuxMemory linux = new LinuxMemory(constants);
      return this == LINUX ? linux : new FakeOsMemory(linux);
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
  void reserve_givesPagesThatCannotBeAccessed() throws IOException {
    assertNotEquals(0, address);
    assertEquals(0, address % os.pageBytes());
    assertEquals("---p", access(address));
    assertEquals("---p", access(address + SIZE - 1));
  }

  @Test
  void reserve_atFreePlace_isThere() {
    long place = os.reserve(0, SIZE);
    assertTrue(os.release(place, SIZE));
    assertEquals(place, os.reserve(place, SIZE));
    assertTrue(os.release(place, SIZE));
  }

  @Test
  void reserve_atTakenPlace_isElsewhere() {
    long other = os.reserve(address, SIZE);
    assertNotEquals(0, other);
    assertTrue(other >= address + SIZE || other + SIZE <= address);
    assertTrue(os.release(other, SIZE));
  }

  @Test
  void reserve_ofMoreThanThereIs_isRefused() {
    assertEquals(0, os.reserve(0, 1L << 50));
    assertTrue(os.callCounts().refused() >= 1);
  }

  @Test
  void allowRead_readsZero() throws IOException {
    assertTrue(os.allowRead(address, SIZE));
    assertEquals("r--p", access(address));
    assertAllZero(address, SIZE);
  }

  @Test
  void commit_ofOnePart_makesThatWritable() throws IOException {
    long page = os.pageBytes();
    assertTrue(os.commit(address + page, 2 * page));
    assertEquals("---p", access(address));
    assertEquals("rw-p", access(address + page));
    assertEquals("rw-p", access(address + 3 * page - 1));
    assertEquals("---p", access(address + 3 * page));
    assertAllZero(address + page, 2 * page);
    Memory.fill(address + page, 2 * page, (byte) 7);
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
  void decommit_zeroesAndStaysWritable() throws IOException {
    long page = os.pageBytes();
    assertTrue(os.commit(address, SIZE));
    Memory.fill(address, SIZE, (byte) 7);
    assertTrue(os.decommit(address + page, SIZE - 2 * page));
    assertEquals("rw-p", access(address + page));
    assertAllZero(address + page, SIZE - 2 * page);
    assertEquals(7, Memory.getByte(address + page - 1));
    assertEquals(7, Memory.getByte(address + SIZE - page));
    Memory.putLong(address + page, 1);
    assertEquals(1, Memory.getLong(address + page));
  }

  @Test
  void release_ofMiddlePart_leavesTheRest() throws IOException {
    long place = os.reserve(0, SIZE);
    long page = os.pageBytes();
    assertTrue(os.release(place + page, page));
    assertEquals("---p", access(place));
    assertEquals("---p", access(place + 2 * page));
    assertTrue(os.release(place, page));
    assertTrue(os.release(place + 2 * page, SIZE - 2 * page));
  }

  @Test
  void calls_thatTheSystemRefuses_returnFalse() {
    assertFalse(os.commit(os.pageBytes(), os.pageBytes()));
    assertFalse(os.decommit(os.pageBytes(), os.pageBytes()));
    assertFalse(os.commit(address + 1, os.pageBytes()));
    assertEquals(3, os.callCounts().refused());
  }

  @Test
  void callCounts_countEachKind() {
    OsCallCounts before = os.callCounts();
    long other = os.reserve(0, SIZE);
    assertTrue(os.commit(other, SIZE));
    assertTrue(os.allowRead(other, SIZE));
    assertTrue(os.decommit(other, SIZE));
    assertTrue(os.release(other, SIZE));
    OsCallCounts after = os.callCounts();
    assertEquals(before.reserve() + 1, after.reserve());
    assertEquals(before.protect() + 2, after.protect());
    assertEquals(before.advise() + 1, after.advise());
    assertEquals(before.release() + 1, after.release());
    assertEquals(before.refused(), after.refused());
  }

  @Test
  void reserve_namesTheMapping() throws IOException {
    // Only kernels with CONFIG_ANON_VMA_NAME show names; elsewhere there is nothing to see.
    String line = line(address);
    assertTrue(line.endsWith("[anon:hakmem]") || line.strip().endsWith(" 0"), line);
  }

  private static void assertAllZero(long from, long byteSize) {
    for (long at = from; at < from + byteSize; at += Long.BYTES) {
      assertEquals(0, Memory.getLong(at));
    }
  }

  private static String access(long address) throws IOException {
    String line = line(address);
    int from = line.indexOf(' ') + 1;
    return line.substring(from, from + 4);
  }

  private static String line(long address) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/maps"));
    for (String line : lines) {
      int dash = line.indexOf('-');
      long from = Long.parseUnsignedLong(line.substring(0, dash), 16);
      long to = Long.parseUnsignedLong(line.substring(dash + 1, line.indexOf(' ')), 16);
      if (Long.compareUnsigned(address, from) >= 0 && Long.compareUnsigned(address, to) < 0) {
        return line;
      }
    }
    return "unmapped none";
  }
}
