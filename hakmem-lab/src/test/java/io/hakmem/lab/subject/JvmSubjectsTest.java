// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JvmSubjectsTest {
  private static final int SLOT = 1;
  private static final int ALIGNED = 64;

  static List<JvmSubjectSpec> subjects() {
    return new SubjectCatalog(Map.of())
        .all().stream()
            .filter(spec -> spec instanceof JvmSubjectSpec && !spec.isNull())
            .map(JvmSubjectSpec.class::cast)
            .toList();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void blocks_canBeWrittenAndFreed(JvmSubjectSpec spec) {
    Subject subject = open(spec);
    long block = subject.allocate(SLOT, 100);
    assertNotEquals(0, block);
    RawMemory.fill(block, 100, (byte) 7);
    assertEquals(7, RawMemory.getByte(block + 99));
    subject.free(SLOT, block);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void zeroed_isZeroAfterUse(JvmSubjectSpec spec) {
    Subject subject = open(spec);
    for (int round = 0; round < 3; round++) {
      long block = subject.allocateZeroed(SLOT, 300);
      for (int i = 0; i < 300; i++) {
        assertEquals(0, RawMemory.getByte(block + i));
      }
      RawMemory.fill(block, 300, (byte) 7);
      subject.free(SLOT, block);
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void aligned_isAlignedAndHasItsRoom(JvmSubjectSpec spec) {
    // Many at a time, at the smallest of sizes too, so that one with too little room meets another.
    Subject subject = open(spec, ALIGNED);
    long[] blocks = new long[ALIGNED];
    for (int slot = 0; slot < ALIGNED; slot++) {
      blocks[slot] = subject.allocateAligned(slot, sizeOf(slot), 4096);
      assertEquals(0, blocks[slot] % 4096);
      RawMemory.fill(blocks[slot], sizeOf(slot), (byte) slot);
    }
    for (int slot = 0; slot < ALIGNED; slot++) {
      for (int i = 0; i < sizeOf(slot); i++) {
        assertEquals((byte) slot, RawMemory.getByte(blocks[slot] + i), "somebody else's");
      }
    }
    for (int slot = 0; slot < ALIGNED; slot++) {
      subject.free(slot, blocks[slot]);
    }
  }

  private static int sizeOf(int slot) {
    return slot % 2 == 0 ? 100 : 5000;
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void reallocate_keepsContents(JvmSubjectSpec spec) {
    Subject subject = open(spec);
    long block = subject.allocate(SLOT, 100);
    RawMemory.fill(block, 100, (byte) 7);
    block = subject.reallocate(SLOT, block, 100, 100_000);
    assertEquals(7, RawMemory.getByte(block + 99));
    block = subject.reallocate(SLOT, block, 100_000, 50);
    assertEquals(7, RawMemory.getByte(block + 49));
    subject.free(SLOT, block);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void group_isFreedAtOnce(JvmSubjectSpec spec) {
    Subject subject = open(spec);
    for (int round = 0; round < 1000; round++) {
      long[] blocks = new long[2];
      subject.group(blocks, 64);
      assertTrue(Math.abs(blocks[0] - blocks[1]) >= 64, "they overlap");
    }
  }

  private static Subject open(JvmSubjectSpec spec) {
    return open(spec, SLOT + 1);
  }

  private static Subject open(JvmSubjectSpec spec, int slotCount) {
    return SubjectFactory.ofClass(spec.className()).open(slotCount);
  }
}
