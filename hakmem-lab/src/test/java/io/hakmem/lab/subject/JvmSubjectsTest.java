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
  void aligned_isAligned(JvmSubjectSpec spec) {
    Subject subject = open(spec);
    long block = subject.allocateAligned(SLOT, 100, 4096);
    assertEquals(0, block % 4096);
    subject.free(SLOT, block);
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
    return SubjectFactory.ofClass(spec.className()).open(SLOT + 1);
  }
}
