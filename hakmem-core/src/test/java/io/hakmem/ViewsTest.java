// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Segments and buffers as views of blocks, and arguments that make no block. */
@Tag("every-source")
@ExtendWith(LeavesNothing.class)
final class ViewsTest {

  @Test
  void allocateSegment_hasTheSizeAskedForAndIsOpenToAllThreads() {
    for (long size : new long[] {0, 1, 100, 5000, 100_000, 3 << 20}) {
      MemorySegment segment = Hakmem.allocateSegment(size);
      assertEquals(size, segment.byteSize());
      segment.fill((byte) 3);
      InThread.run(() -> segment.fill((byte) 4));
      assertFalse(segment.isReadOnly());
      assertThrows(IndexOutOfBoundsException.class, () -> segment.get(ValueLayout.JAVA_BYTE, size));
      Hakmem.free(segment);
      assertRefused(InvalidFreeException.Kind.NOT_ALLOCATED, () -> Hakmem.free(segment));
    }
  }

  @Test
  void freeSegment_ofSlice_isRefused() {
    MemorySegment segment = Hakmem.allocateSegment(1000);
    assertRefused(InvalidFreeException.Kind.WRONG_SIZE, () -> Hakmem.free(segment.asSlice(0, 500)));
    assertRefused(InvalidFreeException.Kind.INTERIOR, () -> Hakmem.free(segment.asSlice(16)));
    Hakmem.free(segment.asReadOnly());
  }

  @Test
  void freeSegment_ofOthers_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Hakmem.free(MemorySegment.ofArray(new byte[16])));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment other = arena.allocate(64);
      assertRefused(InvalidFreeException.Kind.FOREIGN, () -> Hakmem.free(other));
    }
    Hakmem.free(MemorySegment.NULL);
  }

  @Test
  void allocateBuffer_isDirectAndInNativeOrder() {
    for (int capacity : new int[] {0, 1, 100, 5000, 100_000, 3 << 20}) {
      ByteBuffer buffer = Hakmem.allocateBuffer(capacity);
      assertEquals(capacity, buffer.capacity());
      assertEquals(0, buffer.position());
      assertEquals(capacity, buffer.limit());
      assertSame(ByteOrder.nativeOrder(), buffer.order());
      assertEquals(true, buffer.isDirect());
      while (buffer.hasRemaining()) {
        buffer.put((byte) 7);
      }
      Hakmem.free(buffer);
      assertRefused(InvalidFreeException.Kind.NOT_ALLOCATED, () -> Hakmem.free(buffer));
    }
  }

  @Test
  void freeBuffer_withChangedPositionLimitAndOrder_isTheSameBlock() {
    ByteBuffer buffer = Hakmem.allocateBuffer(1000);
    buffer.position(10).limit(20).order(ByteOrder.BIG_ENDIAN).mark();
    Hakmem.free(buffer);
    assertEquals(10, buffer.position(), "the buffer itself is as it was");
    assertEquals(20, buffer.limit());
    Hakmem.free(Hakmem.allocateBuffer(2000).asReadOnlyBuffer());
    Hakmem.free(Hakmem.allocateBuffer(2000).position(1999).duplicate());
  }

  @Test
  void freeBuffer_ofSliceOrOthers_isRefused() {
    ByteBuffer buffer = Hakmem.allocateBuffer(1000);
    ByteBuffer behind = buffer.slice(16, 100);
    ByteBuffer shorter = buffer.slice(0, 100);
    assertRefused(InvalidFreeException.Kind.INTERIOR, () -> Hakmem.free(behind));
    assertRefused(InvalidFreeException.Kind.WRONG_SIZE, () -> Hakmem.free(shorter));
    Hakmem.free(buffer);
    assertThrows(IllegalArgumentException.class, () -> Hakmem.free(ByteBuffer.allocate(10)));
    ByteBuffer other = ByteBuffer.allocateDirect(100);
    assertRefused(InvalidFreeException.Kind.FOREIGN, () -> Hakmem.free(other));
  }

  @Test
  void allocateZeroed_countTimesSize_isCheckedForOverflow() {
    long[][] bad = {
      {1L << 32, 1L << 32},
      {1L << 32, 1L << 31},
      {Long.MAX_VALUE, 2},
      {3, Long.MAX_VALUE / 2},
      {-1, 1},
      {1, -1},
      {-1, -1},
      {0, -1},
      {Long.MIN_VALUE, 0},
    };
    for (long[] factors : bad) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> Hakmem.allocateZeroed(factors[0], factors[1]),
              () -> factors[0] + " times " + factors[1]);
      String message = String.valueOf(refusal.getMessage());
      assertEquals(true, message.contains(Long.toString(factors[0])), message);
    }
    for (long[] factors : new long[][] {{0, 0}, {0, Long.MAX_VALUE}, {7, 0}, {33, 31}, {1, 5000}}) {
      long address = Hakmem.allocateZeroed(factors[0], factors[1]);
      long size = factors[0] * factors[1];
      assertEquals(-1, Patterns.firstNonZero(address, size));
      Hakmem.free(address, size);
    }
    assertThrows(OutOfMemoryError.class, () -> Hakmem.allocateZeroed(1L << 31, 1L << 31));
  }

  @Test
  void allocateAligned_withBadAlignment_isRefused() {
    for (long alignment : new long[] {0, -1, 3, 24, 4097, 1L << 31, 1L << 40, Long.MIN_VALUE}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Hakmem.allocateAligned(10, alignment),
          () -> "alignment " + alignment);
    }
  }

  @Test
  void reallocate_ofNull_allocates() {
    for (long size : new long[] {0, 10, 5000, 100_000, 2 << 20}) {
      long address = Hakmem.reallocate(0, size);
      Hakmem.free(address, size);
    }
  }

  @Test
  void reallocate_toEverySizeUpAndDown_keepsContents() {
    long address = Hakmem.allocate(1);
    long size = 1;
    Patterns.write(address, 1, 5);
    long[] targets = {
      10,
      100,
      50,
      1000,
      2048,
      2049,
      900,
      5000,
      50_000,
      20_000,
      0,
      1,
      100_000,
      60_000,
      300_000,
      1 << 20,
      (1 << 20) + 1,
      5 << 20,
      3 << 20,
      2 << 20,
      100,
      16
    };
    for (long target : targets) {
      address = Hakmem.reallocate(address, target);
      long kept = Math.min(size, target);
      long written = size;
      assertEquals(-1, Patterns.mismatch(address, kept, written, 5), "to " + target);
      size = target;
      Patterns.write(address, size, 5);
    }
    Hakmem.free(address, size);
  }

  private static void assertRefused(InvalidFreeException.Kind kind, Runnable action) {
    assertEquals(kind, assertThrows(InvalidFreeException.class, action::run).kind());
  }
}
