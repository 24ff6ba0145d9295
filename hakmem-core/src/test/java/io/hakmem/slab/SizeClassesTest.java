// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.superslab.Region;
import org.junit.jupiter.api.Test;

/** Every size that has a class, and every offset in a slab. */
final class SizeClassesTest {

  private static final int SUPERSLAB_SLICES = Region.SLICES_PER_SUPERSLAB;

  @Test
  void bytes_ascendInMultiplesOf16() {
    assertEquals(0, SizeClasses.bytes(0));
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      assertTrue(SizeClasses.bytes(c) > SizeClasses.bytes(c - 1), "class " + c);
      assertEquals(0, SizeClasses.bytes(c) % 16, "class " + c);
    }
    assertEquals(16, SizeClasses.bytes(1));
    assertEquals(2048, SizeClasses.bytes(SizeClasses.TINY_CLASSES));
    assertEquals(48 << 10, SizeClasses.bytes(SizeClasses.MAX_CLASS));
    assertEquals(SizeClasses.MAX_BYTES, SizeClasses.bytes(SizeClasses.MAX_CLASS));
  }

  @Test
  void bytes_ofPoolClasses_areMultiplesOf128() {
    for (int c = SizeClasses.TINY_CLASSES + 1; c <= SizeClasses.MAX_CLASS; c++) {
      assertEquals(0, SizeClasses.bytes(c) % 128, "class " + c);
    }
  }

  @Test
  void classOf_everySize_isTheSmallestThatHoldsIt() {
    int smallest = 1;
    for (int size = 0; size <= SizeClasses.MAX_BYTES; size++) {
      while (SizeClasses.bytes(smallest) < size) {
        smallest++;
      }
      assertEquals(smallest, SizeClasses.classOf(size), "size " + size);
      if (size <= SizeClasses.MAX_TINY_BYTES) {
        assertEquals(smallest, SizeClasses.tinyClassOf(size), "size " + size);
        assertTrue(smallest <= SizeClasses.TINY_CLASSES, "size " + size);
      } else {
        assertEquals(smallest, SizeClasses.poolClassOf(size), "size " + size);
        assertTrue(smallest > SizeClasses.TINY_CLASSES, "size " + size);
      }
    }
  }

  @Test
  void classOf_everySize_wastesLittle() {
    for (int size = 1; size <= SizeClasses.MAX_BYTES; size++) {
      int waste = SizeClasses.bytes(SizeClasses.classOf(size)) - size;
      assertTrue(size <= 128 ? waste < 16 : waste * 8 <= size, "size " + size + " wastes " + waste);
    }
  }

  @Test
  void slabs_ofEveryClass_haveShortTailsAndFitASuperslab() {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      long length = SizeClasses.slices(c) * Region.SLICE_BYTES;
      long tail = length - (long) SizeClasses.blocks(c) * SizeClasses.bytes(c);
      assertTrue(tail >= 0 && tail < SizeClasses.bytes(c), "class " + c + ": tail " + tail);
      assertTrue(tail * 8 <= length, "class " + c + ": tail " + tail + " of " + length);
      assertTrue(SizeClasses.slices(c) <= SUPERSLAB_SLICES, "class " + c);
      assertTrue(SizeClasses.blocks(c) >= 2, "class " + c);
    }
  }

  @Test
  void blockIndex_everyGranuleOfEverySlab_isExact() {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      long length = SizeClasses.slices(c) * Region.SLICE_BYTES;
      int bytes = SizeClasses.bytes(c);
      for (long offset = 0; offset < length; offset += 16) {
        long expected = offset / bytes;
        if (expected != SizeClasses.blockIndex(c, offset)
            || expected != SizeClasses.blockIndex(c, offset + 15)) {
          assertEquals(expected, SizeClasses.blockIndex(c, offset), "class " + c + " at " + offset);
          assertEquals(expected, SizeClasses.blockIndex(c, offset + 15), "end of the granule");
        }
      }
    }
  }

  @Test
  void alignedClassOf_everySizeAndAlignment_isTheSmallestThatFits() {
    for (int alignment = 16; alignment <= Region.SLICE_BYTES; alignment <<= 1) {
      for (int size = 0; size <= SizeClasses.MAX_BYTES + 1; size++) {
        int smallest = 0;
        for (int c = size > SizeClasses.MAX_BYTES ? 99 : SizeClasses.classOf(size);
            c <= SizeClasses.MAX_CLASS && smallest == 0;
            c++) {
          smallest = SizeClasses.bytes(c) % alignment == 0 ? c : 0;
        }
        if (smallest != SizeClasses.alignedClassOf(size, alignment)) {
          assertEquals(
              smallest,
              SizeClasses.alignedClassOf(size, alignment),
              "size " + size + ", alignment " + alignment);
        }
      }
    }
  }
}
