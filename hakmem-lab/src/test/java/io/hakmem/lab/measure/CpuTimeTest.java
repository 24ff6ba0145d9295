// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CpuTimeTest {
  @Test
  void of_isInMilliseconds() {
    String[] stat =
        ProcessStat.fields("7 (a ) b) S 1 2 3 4 5 6 1001 90001 12 90002 15 16 17 18 20 0 1 0");
    assertEquals(new CpuTime(150, 160), CpuTime.of(stat));
  }

  @Test
  void now_growsWithWork() {
    CpuTime before = CpuTime.now();
    CpuTime used;
    do { // ends when the clock has moved, however long that takes
      used = CpuTime.now().since(before);
    } while (used.userMillis() + used.kernelMillis() == 0);
    assertTrue(used.userMillis() >= 0 && used.kernelMillis() >= 0, used::toString);
  }
}
