// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.InvalidFreeException;
import io.hakmem.InvalidFreeException.Kind;
import io.hakmem.parquet.sample.MeasurementsSample;
import io.hakmem.verify.HeapVerifier;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a buffer is, and what becomes of releases of others. */
final class HakmemByteBufferAllocatorTest {

  private static final HakmemByteBufferAllocator ALLOCATOR = HakmemByteBufferAllocator.INSTANCE;

  @AfterEach
  void theHeapIsSound() {
    HeapVerifier.verify();
  }

  private static long address(ByteBuffer buffer) {
    return MemorySegment.ofBuffer(buffer.duplicate().clear()).address();
  }

  private static void assertRefused(Kind kind, ByteBuffer buffer) {
    assertEquals(
        kind, assertThrows(InvalidFreeException.class, () -> ALLOCATOR.release(buffer)).kind());
  }

  /** As those of Parquet's own allocators, whose readers and writers leave the byte order alone. */
  @Test
  void buffers_areAsNewDirectBuffersOfJava_inBlocksOfHakmem() {
    assertTrue(ALLOCATOR.isDirect());
    for (int size : new int[] {0, 1, 100, 1 << 20}) {
      ByteBuffer buffer = ALLOCATOR.allocate(size);
      assertTrue(buffer.isDirect() && !buffer.isReadOnly());
      assertEquals(ByteOrder.BIG_ENDIAN, buffer.order());
      assertEquals(0, buffer.position());
      assertEquals(size, buffer.limit());
      assertEquals(size, buffer.capacity());
      assertTrue(Hakmem.usableSize(address(buffer)) >= size);
      buffer.order(ByteOrder.LITTLE_ENDIAN).position(size / 2).limit(size / 2);
      ALLOCATOR.release(buffer);
      assertFalse(Hakmem.owns(address(buffer)));
    }
  }

  @Test
  void sizesThatCannotBe_areRefusedAsByJava() {
    assertThrows(IllegalArgumentException.class, () -> ALLOCATOR.allocate(-1));
  }

  @Test
  void releasedTwice_isRefused_andFreesNothingElse() {
    ByteBuffer buffer = ALLOCATOR.allocate(100);
    ByteBuffer other = ALLOCATOR.allocate(100);
    ALLOCATOR.release(buffer);
    assertRefused(Kind.NOT_ALLOCATED, buffer);
    assertTrue(Hakmem.owns(address(other)));
    ALLOCATOR.release(other);
  }

  @Test
  void partsOfABuffer_areRefused_andTheBufferLives() {
    ByteBuffer buffer = ALLOCATOR.allocate(1000);
    assertRefused(Kind.INTERIOR, buffer.slice(16, 984));
    assertRefused(Kind.WRONG_SIZE, buffer.slice(0, 100));
    assertTrue(Hakmem.owns(address(buffer)));
    ALLOCATOR.release(buffer);
  }

  @Test
  void buffersOfOthers_areRefused() {
    assertRefused(Kind.FOREIGN, ByteBuffer.allocateDirect(100));
    ByteBuffer onHeap = ByteBuffer.allocate(100);
    assertThrows(IllegalArgumentException.class, () -> ALLOCATOR.release(onHeap));
  }

  @Test
  void sample_printsWhatItSays() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      MeasurementsSample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    assertEquals(
        List.of("mean: 49.95", "left in hakmem's memory: 0"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }
}
