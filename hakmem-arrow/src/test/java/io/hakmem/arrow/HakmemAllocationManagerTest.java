// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.arrow.sample.VectorSample;
import io.hakmem.verify.HeapVerifier;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Arrow's own tests do not look at: whose memory it is, bad input. */
final class HakmemAllocationManagerTest {

  private static BufferAllocator allocator(long limit) {
    return new RootAllocator(
        RootAllocator.configBuilder()
            .allocationManagerFactory(HakmemAllocationManager.FACTORY)
            .maxAllocation(limit)
            .build());
  }

  @AfterEach
  void theHeapIsSound() {
    HeapVerifier.verify();
  }

  @Test
  void buffers_areBlocksOfHakmem() {
    try (BufferAllocator allocator = allocator(Long.MAX_VALUE)) {
      ArrowBuf buffer = allocator.buffer(1000);
      long address = buffer.memoryAddress();
      assertTrue(Hakmem.usableSize(address) >= 1000);
      buffer.setLong(0, 7);
      ArrowBuf slice = buffer.slice(0, 8);
      buffer.getReferenceManager().retain();
      buffer.close();
      assertEquals(7, slice.getLong(0));
      slice.close();
      assertFalse(Hakmem.owns(address));
    }
  }

  @Test
  void badSizes_areRefusedAsByEveryAllocatorOfArrow() {
    try (BufferAllocator allocator = allocator(1 << 20)) {
      assertThrows(IllegalArgumentException.class, () -> allocator.buffer(-1));
      assertThrows(OutOfMemoryException.class, () -> allocator.buffer(2 << 20));
      assertSame(HakmemAllocationManager.FACTORY.empty(), allocator.buffer(0));
      assertEquals(0, allocator.getAllocatedMemory());
    }
  }

  @Test
  void releasedTwice_isRefused_andFreesNothingElse() {
    try (BufferAllocator allocator = allocator(Long.MAX_VALUE)) {
      ArrowBuf buffer = allocator.buffer(100);
      ArrowBuf other = allocator.buffer(100);
      buffer.close();
      assertThrows(IllegalStateException.class, buffer::close);
      assertTrue(Hakmem.owns(other.memoryAddress()));
      other.close();
    }
  }

  @Test
  void forgottenBuffer_isReportedByClose() {
    BufferAllocator allocator = allocator(Long.MAX_VALUE);
    ArrowBuf forgotten = allocator.buffer(100);
    assertThrows(IllegalStateException.class, allocator::close);
    Hakmem.free(forgotten.memoryAddress()); // Arrow itself takes nothing back once it is closed
  }

  @Test
  void memoryOut_isAnError_andNothingIsCounted() {
    try (BufferAllocator allocator = allocator(Long.MAX_VALUE)) {
      assertThrows(OutOfMemoryError.class, () -> allocator.buffer(1L << 45));
      assertEquals(0, allocator.getAllocatedMemory());
    }
  }

  @Test
  void sample_printsWhatItSays() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      VectorSample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    assertEquals(
        List.of("sum: 332833500", "hakmem's: true"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }
}
