// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CBytesTest {
  private static final int AROUND = 16;

  /** What is filled in one call of the C library. */
  private static final int PIECE = 64 << 10;

  @Test
  void fill_writesEveryByte_andNoOther() {
    IntStream small = IntStream.rangeClosed(0, 300);
    IntStream pieces = IntStream.of(PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment area = arena.allocate(2 * PIECE + 1 + 2 * AROUND);
      IntStream.concat(small, pieces)
          .forEach(
              size -> {
                area.fill((byte) 1);
                CBytes.fill(area.address() + AROUND, size, (byte) -7);
                for (int i = 0; i < size + 2 * AROUND; i++) {
                  int expected = i >= AROUND && i < AROUND + size ? -7 : 1;
                  int found = area.get(ValueLayout.JAVA_BYTE, i);
                  assertEquals(expected, found, size + " bytes, at " + i);
                }
              });
    }
  }

  @Test
  void areEqual_onlyIfEveryByteIs() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(CBytes.PIECE_BYTES);
      MemorySegment other = arena.allocate(CBytes.PIECE_BYTES);
      for (int size : new int[] {1, 7, 64, 65, CBytes.PIECE_BYTES}) {
        for (int at : new int[] {0, size / 2, size - 1}) {
          assertTrue(CBytes.areEqual(one.address(), other.address(), size));
          other.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
          assertFalse(CBytes.areEqual(one.address(), other.address(), size), size + ", " + at);
          assertTrue(CBytes.areEqual(one.address(), other.address(), at));
          other.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
        }
      }
    }
  }
}
