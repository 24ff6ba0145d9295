// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.slab.SizeClasses;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every size from 1 byte to 4 MiB, and every alignment at every border between classes. */
@Tag("every-source")
final class AllocateEverySizeTest {

  private static final long PAGE = 4096;
  private static final long EVERY_SIZE_TO = 128 << 10;
  private static final long LARGEST = 4 << 20;
  private static final long MIB = 1 << 20;

  @BeforeAll
  static void configure() {
    Hakmem.configure(TestMode.DEFAULT);
  }

  @AfterEach
  void verifyHeap() {
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes());
  }

  @Test
  void allocate_everySize_isAlignedAndLargeEnoughAndWithinTheWasteBound() {
    for (long size = 1; size <= EVERY_SIZE_TO; size++) {
      check(size);
    }
    for (long border = EVERY_SIZE_TO + PAGE; border <= LARGEST; border += PAGE) {
      check(border - 1);
      check(border);
      check(border + 1);
    }
  }

  @Test
  void allocate_everySizeAtOnce_blocksDoNotOverlap() {
    // All alive at the same time, each with its own contents: an overlap destroys one.
    List<long[]> blocks = new ArrayList<>();
    for (long size = 1; size <= 60_000; size += size < 2048 ? 1 : 61) {
      long address = Hakmem.allocate(size);
      Patterns.write(address, size, address);
      blocks.add(new long[] {address, size});
    }
    for (long[] block : blocks) {
      assertEquals(
          -1,
          Patterns.mismatch(block[0], block[1], block[1], block[0]),
          () -> "first spoilt byte of the block of " + block[1] + " bytes");
      Hakmem.free(block[0], block[1]);
    }
  }

  @Test
  void allocate_sizeZero_isServedAsOne() {
    long address = Hakmem.allocate(0);
    long aligned = Hakmem.allocateAligned(0, 1);
    assertEquals(16, Hakmem.usableSize(address));
    assertEquals(16, Hakmem.usableSize(aligned));
    Hakmem.free(address, 0);
    Hakmem.free(aligned, 1);
  }

  @Test
  void allocateAligned_everyAlignmentAtEveryBorder_isAlignedAndLargeEnough() {
    for (long alignment = 1; alignment <= Hakmem.MAX_ALIGNMENT; alignment <<= 1) {
      for (long border : borders()) {
        for (long size = border - 1; size <= border + 1; size++) {
          checkAligned(size, alignment);
        }
      }
    }
  }

  @Test
  void allocateAligned_manyAtOnce_blocksDoNotOverlap() {
    List<long[]> blocks = new ArrayList<>();
    for (long alignment = 1; alignment <= 4 * MIB; alignment <<= 1) {
      for (long size = 1; size <= 3 * MIB; size = size * 3 + 5) {
        long address = Hakmem.allocateAligned(size, alignment);
        Patterns.write(address, size, address);
        blocks.add(new long[] {address, size});
      }
    }
    for (long[] block : blocks) {
      assertEquals(-1, Patterns.mismatch(block[0], block[1], block[1], block[0]));
      Hakmem.free(block[0], block[1]);
    }
  }

  private static List<Long> borders() {
    List<Long> borders = new ArrayList<>();
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      borders.add((long) SizeClasses.bytes(c));
    }
    borders.addAll(List.of(PAGE, 64L << 10, MIB, 2 * MIB, 4 * MIB));
    return borders;
  }

  private static void check(long size) {
    long address = Hakmem.allocate(size);
    long usable = Hakmem.usableSize(address);
    long waste = usable - size;
    String what = "size " + size + ", usable " + usable;
    assertEquals(0, address & 15, what);
    assertTrue(waste >= 0, what);
    if (size <= 128) {
      assertTrue(waste < 16, what);
    } else if (size <= 2 * MIB) {
      assertTrue(waste * 8 <= size, what);
    } else {
      assertTrue(waste < PAGE, what);
    }
    Raw.putByte(address, (byte) 1);
    Raw.putByte(address + size - 1, (byte) 2);
    Raw.putByte(address + usable - 1, (byte) 3);
    Hakmem.free(address, size);
  }

  private static void checkAligned(long size, long alignment) {
    // Several at once: the first block of a slab is aligned to everything.
    long[] blocks = new long[size <= 48 << 10 ? 4 : 1];
    String what = "size " + size + ", alignment " + alignment;
    for (int i = 0; i < blocks.length; i++) {
      long address = Hakmem.allocateAligned(size, alignment);
      assertEquals(0, address & (Math.max(alignment, 16) - 1), what);
      blocks[i] = address;
    }
    for (long address : blocks) {
      long usable = Hakmem.usableSize(address);
      assertTrue(usable >= size, what);
      Raw.putByte(address, 1);
      Raw.putByte(address + usable - 1, 2);
      Hakmem.free(address, size % 2 == 0 ? size : usable);
    }
  }
}
