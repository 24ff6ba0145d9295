// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.verify.HeapVerifier;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What Netty's own tests do not look at: whose memory it is, bad input, what is counted. */
@Isolated // Netty's tests run at the same time, and the heap is verified at rest
final class HakmemByteBufAllocatorTest {

  private final HakmemByteBufAllocator allocator = new HakmemByteBufAllocator();

  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, allocator.metric().usedDirectMemory());
    HeapVerifier.verify();
  }

  @Test
  void directBuffers_areBlocksOfHakmem() {
    ByteBuf buffer = allocator.buffer(1000);
    long address = buffer.memoryAddress();
    assertTrue(Hakmem.owns(address));
    assertTrue(Hakmem.usableSize(address) >= 1000);
    assertTrue(buffer.release());
    assertFalse(Hakmem.owns(address));
  }

  @Test
  void growing_keepsContents_shrinking_cutsIndices() {
    ByteBuf buffer = allocator.directBuffer(16);
    for (int i = 0; i < 1 << 20; i++) {
      buffer.writeByte(i);
    }
    buffer.capacity(1000);
    assertEquals(1000, buffer.writerIndex());
    for (int i = 0; i < 1000; i++) {
      assertEquals((byte) i, buffer.readByte());
    }
    assertEquals(1000, allocator.metric().usedDirectMemory());
    buffer.release();
  }

  @Test
  void badCapacities_areRefusedAsByEveryAllocatorOfNetty() {
    assertThrows(IllegalArgumentException.class, () -> allocator.directBuffer(-1));
    assertThrows(IllegalArgumentException.class, () -> allocator.directBuffer(11, 10));
    ByteBuf buffer = allocator.directBuffer(5, 10);
    assertThrows(IllegalArgumentException.class, () -> buffer.capacity(11));
    assertThrows(IllegalArgumentException.class, () -> buffer.capacity(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> buffer.writeBytes(new byte[11]));
    assertThrows(IndexOutOfBoundsException.class, () -> buffer.getLong(0));
    assertEquals(5, buffer.capacity());
    buffer.release();
  }

  @Test
  void releasedBuffers_areRefused() {
    ByteBuf buffer = allocator.directBuffer(100);
    assertTrue(buffer.release());
    assertThrows(IllegalReferenceCountException.class, buffer::release);
    assertThrows(IllegalReferenceCountException.class, buffer::retain);
    assertThrows(IllegalReferenceCountException.class, () -> buffer.getByte(0));
    assertThrows(IllegalReferenceCountException.class, () -> buffer.writeLong(1));
    assertThrows(IllegalReferenceCountException.class, buffer::memoryAddress);
    assertThrows(IllegalReferenceCountException.class, () -> buffer.capacity(10));
    assertThrows(IllegalReferenceCountException.class, () -> buffer.nioBuffer(0, 10));
  }

  @Test
  void buffers_areReleasedByAnyThread() {
    ByteBuf buffer = allocator.directBuffer(100);
    assertTrue(CompletableFuture.supplyAsync(buffer::release).join());
  }

  @Test
  void readOnlyTargets_areNotWrittenTo() {
    ByteBuf source = allocator.directBuffer(8).writeLong(1);
    ByteBuf target = allocator.directBuffer(8).writeLong(2);
    ByteBuf array = Unpooled.buffer(8).writeLong(2);
    assertThrows(
        ReadOnlyBufferException.class, () -> source.getBytes(0, target.asReadOnly(), 0, 8));
    assertThrows(ReadOnlyBufferException.class, () -> source.getBytes(0, array.asReadOnly(), 0, 8));
    assertEquals(2, target.getLong(0));
    assertEquals(2, array.getLong(0));
    source.release();
    target.release();
  }

  @Test
  void streams_longerThanOnePiece() throws IOException {
    byte[] bytes = new byte[20_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    ByteBuf buffer = allocator.directBuffer(32_000);
    assertEquals(20_000, buffer.writeBytes(new ByteArrayInputStream(bytes), 32_000));
    assertEquals(-1, buffer.setBytes(0, new ByteArrayInputStream(new byte[0]), 10));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    buffer.readBytes(out, 20_000);
    assertArrayEquals(bytes, out.toByteArray());
    buffer.release();
  }

  @Test
  void views_readAndWriteTheBlock() {
    ByteBuf buffer = allocator.directBuffer(64).writeLong(0x0102030405060708L);
    ByteBuffer view = buffer.nioBuffer(0, 64);
    assertTrue(view.isDirect());
    assertEquals(0x0102030405060708L, view.getLong(0));
    view.putInt(8, 7);
    assertEquals(7, buffer.getInt(8));
    ByteBuf copy = buffer.copy(0, 12);
    buffer.setInt(8, 9);
    assertEquals(7, copy.getInt(8));
    copy.release();
    buffer.release();
  }

  @Test
  void forgottenBuffers_areSeenByTheLeakDetector() {
    ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    try {
      ByteBuf buffer = allocator.directBuffer(100);
      assertFalse(buffer instanceof HakmemByteBuf, "nobody watches " + buffer);
      buffer.release();
    } finally {
      ResourceLeakDetector.setLevel(before);
    }
  }

  @Test
  void metrics_areCapacities() {
    ByteBuf first = allocator.directBuffer(100);
    ByteBuf second = allocator.directBuffer(200);
    assertEquals(300, allocator.metric().usedDirectMemory());
    second.capacity(1000);
    assertEquals(1100, allocator.metric().usedDirectMemory());
    first.release();
    assertEquals(1000, allocator.metric().usedDirectMemory());
    second.release();
    ByteBuf heap = allocator.heapBuffer(100);
    assertTrue(allocator.metric().usedHeapMemory() >= 100);
    heap.release();
  }
}
