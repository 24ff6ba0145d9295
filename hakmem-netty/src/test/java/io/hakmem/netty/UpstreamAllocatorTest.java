// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.AbstractByteBufAllocatorTest;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

/** Netty's own tests of an allocator. */
final class UpstreamAllocatorTest extends AbstractByteBufAllocatorTest<HakmemByteBufAllocator> {

  @Override
  protected HakmemByteBufAllocator newAllocator(boolean preferDirect) {
    return new HakmemByteBufAllocator(preferDirect);
  }

  @Override
  protected HakmemByteBufAllocator newUnpooledAllocator() {
    return new HakmemByteBufAllocator();
  }

  /** Upstream asks for the classes of Netty's own unpooled buffers. */
  @Test
  @Override
  public void testUnsafeHeapBufferAndUnsafeDirectBuffer() {
    HakmemByteBufAllocator allocator = newUnpooledAllocator();
    ByteBuf direct = allocator.directBuffer();
    assertInstanceOf(direct, HakmemByteBuf.class);
    direct.release();
    ByteBuf heap = allocator.heapBuffer();
    assertTrue(heap.hasArray());
    assertFalse(heap.isDirect());
    heap.release();
  }

  /**
   * Upstream expects to the byte what the adaptive allocator, which serves it, counts by chunks.
   */
  @Test
  @Override
  public void testUsedHeapMemory() {
    HakmemByteBufAllocator allocator = newAllocator(true);
    assertEquals(0, allocator.metric().usedHeapMemory());
    ByteBuf buffer = allocator.heapBuffer(1024, 4096);
    assertTrue(allocator.metric().usedHeapMemory() >= 1024);
    assertEquals(0, allocator.metric().usedDirectMemory());
    buffer.release();
  }
}
