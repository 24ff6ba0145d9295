// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RawMemoryTest {
  private static final int MOST = 300;
  private static final int AROUND = 16;

  /** What is filled in one call of the C library. */
  private static final int PIECE = 64 << 10;

  @Test
  void fill_writesEveryByte_andNoOther() {
    fillAndCheck(IntStream.rangeClosed(0, MOST));
  }

  @Test
  void fill_ofManyPieces_writesEveryByte_andNoOther() {
    fillAndCheck(IntStream.of(PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1));
  }

  private static void fillAndCheck(IntStream sizes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment area = arena.allocate(2 * PIECE + 1 + 2 * AROUND);
      sizes.forEach(
          size -> {
            area.fill((byte) 0);
            RawMemory.fill(area.address() + AROUND, size, (byte) -7);
            for (int i = 0; i < size + 2 * AROUND; i++) {
              int expected = i >= AROUND && i < AROUND + size ? -7 : 0;
              assertEquals(expected, area.get(ValueLayout.JAVA_BYTE, i), size + " bytes, at " + i);
            }
          });
    }
  }

  @Test
  void sum_readsEveryByte_andNoOther() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment area = arena.allocate(MOST + 2 * AROUND);
      for (int size = 0; size <= MOST; size++) {
        long sum = RawMemory.sum(area.address() + AROUND, size);
        for (int i = 0; i < area.byteSize(); i++) {
          area.set(ValueLayout.JAVA_BYTE, i, (byte) 1);
          long with = RawMemory.sum(area.address() + AROUND, size);
          area.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
          if (i >= AROUND && i < AROUND + size) {
            assertNotEquals(sum, with, size + " bytes, at " + i);
          } else {
            assertEquals(sum, with, size + " bytes, at " + i);
          }
        }
      }
    }
  }
}
