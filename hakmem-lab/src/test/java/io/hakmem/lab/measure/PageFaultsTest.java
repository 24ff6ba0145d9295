// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class PageFaultsTest {
  @Test
  void of_readsBehindAnyName() {
    PageFaults faults =
        PageFaults.of(
            ProcessStat.fields("7 (a ) b) S 1 2 3 4 5 6 1001 90001 12 90002 15 16 17 18 20 0 1 0"));
    assertEquals(new PageFaults(1001, 12), faults);
  }

  @Test
  void now_countsPagesTouchedForTheFirstTime() {
    // So many that the C library maps them afresh: what it has at hand was touched before.
    int pages = 20_000;
    try (Arena arena = Arena.ofConfined()) {
      PageFaults before = PageFaults.now();
      arena.allocate(pages * 4096L).fill((byte) 1);
      long minor = PageFaults.now().since(before).minor();
      // Fewer where the kernel hands out larger pages.
      assertTrue(minor >= pages / 512, "faults: " + minor);
    }
  }
}
