// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Linux does beyond the contract, as the kernel itself shows it. */
final class LinuxMemoryTest {

  private static final long SIZE = 1 << 20;

  private final OsMemory os = open();
  private final long address = os.reserve(0, SIZE);

  static OsMemory open() {
    return new LinuxMemory(LinuxConstants.of(System.getProperty("os.arch")).orElseThrow());
  }

  @AfterEach
  void release() {
    assertTrue(os.release(address, SIZE));
  }

  @Test
  void reserve_givesPagesThatCannotBeAccessed() throws IOException {
    assertEquals("---p", access(address));
    assertEquals("---p", access(address + SIZE - 1));
  }

  @Test
  void reserve_atFreePlace_isThere() {
    // The lower end of a wide gap: what other threads map meanwhile goes to its upper end.
    long gap = 1L << 40;
    long place = os.reserve(0, gap);
    assertNotEquals(0, place);
    assertTrue(os.release(place, gap));
    assertEquals(place, os.reserve(place, SIZE));
    assertTrue(os.release(place, SIZE));
  }

  @Test
  void allowRead_allowsNoMore() throws IOException {
    assertTrue(os.allowRead(address, SIZE));
    assertEquals("r--p", access(address));
  }

  @Test
  void commit_ofOnePart_makesThatWritable() throws IOException {
    long page = os.pageBytes();
    assertTrue(os.commit(address + page, 2 * page));
    assertEquals("---p", access(address));
    assertEquals("rw-p", access(address + page));
    assertEquals("rw-p", access(address + 3 * page - 1));
    assertEquals("---p", access(address + 3 * page));
  }

  @Test
  void decommit_keepsAccess() throws IOException {
    assertTrue(os.commit(address, SIZE));
    assertTrue(os.decommit(address, SIZE));
    assertEquals("rw-p", access(address));
  }

  @Test
  void move_takesContentsAlongAndLeavesZero() throws IOException {
    long part = SIZE / 4;
    assertTrue(os.commit(address, SIZE));
    for (long at = 0; at < part; at += Long.BYTES) {
      Memory.putLong(address + at, at + 1);
    }
    CBytes.fill(address + 2 * part, part, (byte) 7);
    Memory.putLong(address + part, 42);
    Memory.putLong(address + 3 * part, 43);
    assertTrue(os.move(address, address + 2 * part, part));
    for (long at = 0; at < part; at += Long.BYTES) {
      assertEquals(at + 1, Memory.getLong(address + 2 * part + at));
    }
    assertAllZero(address, part);
    assertEquals(42, Memory.getLong(address + part), "behind the old place");
    assertEquals(43, Memory.getLong(address + 3 * part), "behind the new place");
    for (long at = address; at < address + SIZE; at += os.pageBytes()) {
      assertEquals("rw-p", access(at));
      Memory.putLong(at, 1);
    }
  }

  @Test
  void move_andBack_keepsContents() {
    assertTrue(os.commit(address, SIZE));
    CBytes.fill(address, SIZE / 2, (byte) 7);
    assertTrue(os.move(address, address + SIZE / 2, SIZE / 2));
    assertTrue(os.move(address + SIZE / 2, address, SIZE / 2));
    assertAllZero(address + SIZE / 2, SIZE / 2);
    for (long at = 0; at < SIZE / 2; at++) {
      assertEquals(7, Memory.getByte(address + at));
    }
    assertTrue(os.decommit(address, SIZE));
    assertAllZero(address, SIZE);
  }

  @Test
  void move_ofMoreThanOneMapping_isRefusedAndChangesNothing() throws IOException {
    // The first half of the range has another access than the second: two mappings.
    long part = SIZE / 4;
    assertTrue(os.commit(address, part));
    assertTrue(os.commit(address + 2 * part, 2 * part));
    CBytes.fill(address, part, (byte) 7);
    CBytes.fill(address + 2 * part, 2 * part, (byte) 8);
    assertFalse(os.move(address, address + 2 * part, 2 * part));
    assertEquals(7, Memory.getByte(address + part - 1));
    assertEquals(8, Memory.getByte(address + 2 * part));
    assertEquals(8, Memory.getByte(address + SIZE - 1));
    assertEquals("rw-p", access(address + 2 * part));
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
    assertTrue(os.commit(address, SIZE));
    assertTrue(os.allowRead(address, SIZE));
    assertTrue(os.decommit(address, SIZE));
    assertTrue(os.move(address, address + SIZE / 2, SIZE / 2));
    OsCallCounts after = os.callCounts();
    assertEquals(before.protect() + 2, after.protect());
    assertEquals(before.advise() + 1, after.advise(), "what went back, no more");
    assertEquals(before.remap() + 2, after.remap());
    assertEquals(before.refused(), after.refused());
  }

  @Test
  void label_isShown_orRefusedByKernelsWithoutNames() throws IOException {
    if (os.label(address, SIZE, "hakmem test")) {
      assertTrue(line(address).endsWith("[anon:hakmem test]"), line(address));
    } else {
      assertTrue(line(address).strip().endsWith(" 0"), line(address));
    }
    assertFalse(os.label(address, SIZE, "not $allowed"));
  }

  @Test
  void coreDumps_haveWhatIsCommittedOnly() throws IOException {
    long page = os.pageBytes();
    assertTrue(os.allowRead(address, SIZE / 2));
    assertTrue(os.commit(address, page));
    assertFalse(flags(address).contains("dd"), "committed, but not dumped");
    assertTrue(flags(address + page).contains("dd"), "dumped, though it can only be read");
    assertTrue(flags(address + SIZE / 2).contains("dd"), "dumped, though it is only reserved");
  }

  @Test
  void hugePages_areRefused() throws IOException {
    assertTrue(os.commit(address, SIZE / 2));
    boolean known = Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage"));
    assertEquals(known, flags(address).contains("nh"), "committed");
    assertEquals(known, flags(address + SIZE / 2).contains("nh"), "reserved");
  }

  /** The flags of the mapping at an address, by two letters each. */
  private static List<String> flags(long address) throws IOException {
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.startsWith("VmFlags:") && inside) {
        return List.of(line.split(" +", -1));
      }
      inside = line.matches("[0-9a-f]+-.*") ? holds(line, address) : inside;
    }
    return List.of();
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
      if (holds(line, address)) {
        return line;
      }
    }
    return "unmapped none";
  }

  private static boolean holds(String line, long address) {
    int dash = line.indexOf('-');
    long from = Long.parseUnsignedLong(line.substring(0, dash), 16);
    long to = Long.parseUnsignedLong(line.substring(dash + 1, line.indexOf(' ')), 16);
    return Long.compareUnsigned(address, from) >= 0 && Long.compareUnsigned(address, to) < 0;
  }
}
