// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmapsTest {
  private static final List<String> LINES =
      """
      10000-20000 rw-p 00000000 00:00 0          [anon:one]
      Size:                 64 kB
      Rss:                  40 kB
      Anonymous:            40 kB
      VmFlags: rd wr mr mw
      20000-30000 ---p 00000000 00:00 0
      Rss:                   0 kB
      f0000-ff000 rw-p 00000000 00:00 0          [anon:two]
      Rss:                   8 kB
      """
          .lines()
          .toList();

  @Test
  void residentBytes_sumsOverlappingMappingsOnly() {
    assertEquals(
        48 * 1024,
        Smaps.residentBytes(
            LINES, List.of(new Smaps.Range(0x10000, 0x30000), new Smaps.Range(0xf0000, 0xff000))));
    assertEquals(8 * 1024, Smaps.residentBytes(LINES, List.of(new Smaps.Range(0xf1000, 0xf2000))));
    assertEquals(0, Smaps.residentBytes(LINES, List.of(new Smaps.Range(0x30000, 0xf0000))));
  }

  @Test
  void residentBytes_seesMemoryOfThisProcess() {
    long size = 64L << 20;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(size);
      block.fill((byte) 1);
      long resident =
          Smaps.residentBytes(
              List.of(new Smaps.Range(block.address(), block.address() + block.byteSize())));
      assertTrue(resident >= size, () -> resident + " bytes");
    }
  }

  @Test
  void peakResident_isNotLessThanAJvm() {
    assertTrue(ProcessMemory.peakResidentKiB() > 10_000);
  }
}
