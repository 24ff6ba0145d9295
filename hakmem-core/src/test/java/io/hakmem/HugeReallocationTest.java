// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import io.hakmem.verify.HeapVerifier;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Blocks that grow by reallocation, far beyond what copying would allow. */
final class HugeReallocationTest {

  private static final long MIB = 1 << 20;
  private static final HakmemConfig SMALL =
      HakmemConfig.DEFAULT.withRegionBytes(4L << 30).withPurgeDelayMillis(-1);

  @Test
  void reallocate_inSmallSteps_copiesWhatTheRunHeldAndNoMore() {
    FreshAllocator.run(Steps.class, "1");
  }

  @Test
  void reallocate_ofBlocksInEachOthersWay_copiesNoMoreEither() {
    FreshAllocator.run(Steps.class, "3");
  }

  /** Blocks grow in turn, from 1 MiB to 200. */
  static final class Steps implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL);
      long[] blocks = new long[Integer.parseInt(argument)];
      long copied = 0;
      for (long size = MIB; size <= 200 * MIB; size += MIB) {
        for (int i = 0; i < blocks.length; i++) {
          long before = blocks[i];
          long remaps = remaps();
          blocks[i] = Hakmem.reallocate(before, size);
          copied += before != 0 && blocks[i] != before && remaps() == remaps ? size - MIB : 0;
          Patterns.write(blocks[i] + size - MIB, MIB, size + i);
        }
      }
      assertTrue(copied <= blocks.length * MIB, copied + " bytes copied");
      assertTrue(remaps() <= 400L * blocks.length, remaps() + " calls: room to grow is not used");
      for (int i = 0; i < blocks.length; i++) {
        for (long size = MIB; size <= 200 * MIB; size += MIB) {
          assertEquals(-1, Patterns.mismatch(blocks[i] + size - MIB, MIB, MIB, size + i));
        }
      }
      HeapVerifier.verify();
      assertEquals(200 * MIB * blocks.length, Hakmem.stats().allocatedBytes());
      for (long block : blocks) {
        assertEquals(block, Hakmem.reallocate(block, 2 * MIB), "shrinks where it is");
        assertEquals(-1, Patterns.mismatch(block, MIB, MIB, MIB + indexOf(blocks, block)));
        Hakmem.free(block);
      }
      Hakmem.purge();
      HeapVerifier.verify();
      assertTrue(Smaps.residentBytes(Hakmem.stats().mappings()) < MIB);
      return argument;
    }

    private static int indexOf(long[] blocks, long block) {
      int i = 0;
      while (blocks[i] != block) {
        i++;
      }
      return i;
    }
  }

  @Test
  void reallocate_belowALimitThatHoldsOneCopyOnly_succeeds() {
    FreshAllocator.run(Limit.class, "moved");
  }

  @Test
  void reallocate_belowALimitThatHoldsOneCopyOnly_succeedsWherePagesCannotMove() {
    FreshAllocator.run(Limit.class, "copied");
  }

  /** What was freed has to go first, and then there is room for the block once. */
  static final class Limit implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      FakeOsMemory os = FakeOsMemory.onThisSystem();
      Startup.start(SMALL.withLimitBytes(60 * MIB), List.of(() -> os));
      long block = Hakmem.allocate(20 * MIB);
      Hakmem.allocate(2 * MIB);
      Patterns.write(block, 20 * MIB, 1);
      Hakmem.free(Hakmem.allocate(37 * MIB));
      os.refuse((call, number) -> call == Call.MOVE && argument.equals("copied"));
      long moved = Hakmem.reallocate(block, 50 * MIB);
      assertNotEquals(block, moved);
      assertEquals(-1, Patterns.mismatch(moved, 20 * MIB, 20 * MIB, 1));
      assertThrows(OutOfMemoryError.class, () -> Hakmem.reallocate(moved, 61 * MIB));
      assertEquals(50 * MIB, Hakmem.usableSize(moved));
      assertTrue(Hakmem.stats().peakCommittedBytes() <= 60 * MIB);
      HeapVerifier.verify();
      return argument;
    }
  }

  private static long remaps() {
    return Hakmem.stats().osCalls().getOrDefault("remap", -1L);
  }
}
