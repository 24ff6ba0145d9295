// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the documentation of SegmentAllocator promises, of hakmem's two that zero nothing. */
@Tag("every-source")
@ExtendWith(LeavesNothing.class)
final class SegmentAllocatorContractTest {

  /** Both; what is allocated is freed by the test, or with the heap. */
  private static void each(Scenario scenario) {
    scenario.run(Hakmem::allocateSegment, Hakmem::free);
    try (HakmemHeap heap = HakmemHeap.create()) {
      scenario.run(heap::allocateSegment, segment -> heap.free(segment.address()));
      heap.verify();
    }
  }

  /** What is done with an allocator and with what frees. */
  @FunctionalInterface
  private interface Scenario {
    void run(SegmentAllocator allocator, Consumer<MemorySegment> free);
  }

  @Test
  void segments_haveSizeAndAlignment_andAreApart() {
    each(
        (allocator, free) -> {
          Set<MemorySegment> segments = new HashSet<>();
          Set<Long> addresses = new HashSet<>();
          for (long size : new long[] {0, 0, 1, 24, 1000, 5000, 60_000, 2 << 20}) {
            for (long alignment = 1; alignment <= 1 << 16; alignment *= 4) {
              MemorySegment segment = allocator.allocate(size, alignment);
              assertEquals(size, segment.byteSize());
              assertEquals(0, segment.address() % alignment);
              assertTrue(segment.isNative());
              assertFalse(segment.isReadOnly());
              assertTrue(addresses.add(segment.address()), "twice the same address");
              segment.fill((byte) 1);
              segments.add(segment);
            }
          }
          segments.forEach(free);
        });
  }

  @Test
  void badArguments_areRefused() {
    each(
        (allocator, free) -> {
          assertThrows(IllegalArgumentException.class, () -> allocator.allocate(-1, 8));
          for (long alignment : new long[] {0, -1, 3, 24, Long.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> allocator.allocate(8, alignment));
          }
          assertThrows(IllegalArgumentException.class, () -> allocator.allocate(JAVA_LONG, -1));
          assertThrows(
              IllegalArgumentException.class, () -> allocator.allocate(JAVA_LONG, 1L << 61));
          assertThrows(OutOfMemoryError.class, () -> allocator.allocate(1L << 62, 8));
        });
  }

  @Test
  void conveniences_work() {
    each(
        (allocator, free) -> {
          MemorySegment text = allocator.allocateFrom("off heap");
          assertEquals("off heap", text.getString(0));
          MemorySegment values = allocator.allocateFrom(JAVA_INT, 1, 2, 3);
          assertArrayEquals(new int[] {1, 2, 3}, values.toArray(JAVA_INT));
          MemoryLayout struct = MemoryLayout.structLayout(JAVA_LONG, JAVA_INT, JAVA_INT);
          MemorySegment structs = allocator.allocate(struct, 10);
          assertEquals(160, structs.byteSize());
          free.accept(text);
          free.accept(values);
          free.accept(structs);
        });
  }

  @Test
  void afterTheHeapsEnd_allocatingIsRefused() {
    HakmemHeap heap = HakmemHeap.create();
    SegmentAllocator allocator = heap::allocateSegment;
    allocator.allocate(100).set(JAVA_BYTE, 99, (byte) 1);
    heap.close();
    assertThrows(IllegalStateException.class, () -> allocator.allocate(1));
    assertThrows(IllegalArgumentException.class, () -> allocator.allocate(1, 3));
  }

  @Test
  void segmentsOfTheScopeThatNeverEnds_areOpenToAllThreads() {
    each(
        (allocator, free) -> {
          MemorySegment segment = allocator.allocate(8, 8);
          assertEquals(Arena.global().scope(), segment.scope());
          InThread.run(() -> segment.set(JAVA_LONG, 0, 1));
          InThread.run(() -> free.accept(segment));
        });
  }
}
