// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class BitsTest {

  @Test
  void isPowerOfTwo_atAndAroundEveryPower_isExact() {
    for (int bit = 0; bit < 63; bit++) {
      long power = 1L << bit;
      assertEquals(true, Bits.isPowerOfTwo(power));
      assertEquals(bit == 1, Bits.isPowerOfTwo(power - 1));
    }
    assertEquals(false, Bits.isPowerOfTwo(0));
    assertEquals(false, Bits.isPowerOfTwo(Long.MIN_VALUE));
  }

  @Test
  void alignUp_reachesTheNextMultiple() {
    assertEquals(0, Bits.alignUp(0, 16));
    assertEquals(16, Bits.alignUp(1, 16));
    assertEquals(16, Bits.alignUp(16, 16));
    assertEquals(32, Bits.alignUp(17, 16));
    assertEquals(5, Bits.alignUp(5, 1));
  }

  @Test
  void log2_isTheFloor() {
    assertEquals(0, Bits.log2(1));
    assertEquals(1, Bits.log2(3));
    assertEquals(62, Bits.log2(Long.MAX_VALUE));
  }

  @Test
  void masks_haveTheirBits() {
    assertEquals(0, Bits.lowMask(0));
    assertEquals(7, Bits.lowMask(3));
    assertEquals(-1, Bits.lowMask(32));
  }

  @Test
  void require_ofWhatDoesNotHold_throwsItsMessage() {
    Bits.require(true, "fine");
    assertEquals(
        "wrong",
        assertThrows(IllegalStateException.class, () -> Bits.require(false, "wrong")).getMessage());
  }
}
