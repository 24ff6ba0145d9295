// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.Hakmem;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Red zones and poison, wherever the border between them lies in its word. */
final class FillTest {
  private static final int BYTES = 1 << 10;

  private final long address = Hakmem.allocate(BYTES);

  @AfterEach
  void freeBlock() {
    Hakmem.free(address);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 20, 23, 24, 25, 31, 32, 33, 40, 79, 500})
  void checkRedZone_afterAnyByteOfTheFrontOrTheLastWordChanged_saysWhich(int zoneBytes) {
    for (int usable = 512; usable <= BYTES; usable += 8) {
      long from = address + usable - zoneBytes;
      long to = address + usable;
      Fill.drawRedZone(address, from, to);
      assertEquals(Fill.INTACT, Fill.checkRedZone(address, from, to));
      for (long at = from; at < to; at++) {
        boolean drawn = at < from + 24 || at >= to - 8;
        if (drawn) {
          flip(at);
          assertEquals(at - from, Fill.checkRedZone(address, from, to) - from);
          flip(at);
        }
      }
    }
  }

  @Test
  void drawRedZone_leavesTheBlockAndItsNeighbourAlone() {
    for (int zoneBytes = 16; zoneBytes < 64; zoneBytes++) {
      CBytes.fill(address, BYTES, (byte) 7);
      Fill.drawRedZone(address, address + 256 - zoneBytes, address + 256);
      for (int i = 0; i < BYTES; i++) {
        if (i < 256 - zoneBytes || i >= 256) {
          assertEquals(7, Memory.getByte(address + i), "byte " + i);
        }
      }
    }
  }

  @Test
  void checkLastWord_seesOnlyTheWordInFrontOfTheNextBlock() {
    Fill.drawRedZone(address, address + 100, address + 128);
    flip(address + 110);
    assertEquals(Fill.INTACT, Fill.checkLastWord(address, address + 128));
    flip(address + 125);
    assertEquals(125, Fill.checkLastWord(address, address + 128) - address);
  }

  @Test
  void checkPoison_afterAnyByteChanged_saysWhich() {
    for (int byteSize = 1; byteSize < 200; byteSize++) {
      CBytes.fill(address, BYTES, (byte) 7);
      Fill.poison(address, byteSize);
      assertEquals(Fill.INTACT, Fill.checkPoison(address, byteSize));
      assertEquals(7, Memory.getByte(address + byteSize));
      for (int i = 0; i < byteSize; i++) {
        flip(address + i);
        assertEquals(i, Fill.checkPoison(address, byteSize) - address);
        flip(address + i);
      }
    }
  }

  @Test
  void checkPoison_ofManyPieces_saysWhichByteChanged() {
    int byteSize = 3 * CBytes.PIECE_BYTES + 5;
    try (Arena arena = Arena.ofConfined()) {
      long block = arena.allocate(byteSize + 1).address();
      Fill.poison(block, byteSize);
      assertEquals(0, Memory.getByte(block + byteSize));
      assertEquals(Fill.INTACT, Fill.checkPoison(block, byteSize));
      for (int i : new int[] {0, CBytes.PIECE_BYTES, 2 * CBytes.PIECE_BYTES - 1, byteSize - 1}) {
        flip(block + i);
        assertEquals(i, Fill.checkPoison(block, byteSize) - block);
        flip(block + i);
      }
    }
  }

  private static void flip(long at) {
    Memory.putByte(at, (byte) ~Memory.getByte(at));
  }
}
