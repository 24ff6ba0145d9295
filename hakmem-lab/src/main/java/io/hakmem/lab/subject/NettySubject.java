// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Netty's default allocator of direct buffers; which one that is, a property of Netty says. Buffers
 * count their references and are recycled.
 */
public class NettySubject extends Subject {
  /** Netty's property: adaptive or pooled. */
  static final String ALLOCATOR = "io.netty.allocator.type";

  private final ByteBufAllocator allocator;
  private final @Nullable ByteBuf[] buffers;

  /** Opens it with room for the buffer of each slot. */
  public NettySubject(int slotCount) {
    this(slotCount, ByteBufAllocator.DEFAULT);
  }

  /** The same with another allocator of Netty's buffers. */
  NettySubject(int slotCount, ByteBufAllocator allocator) {
    this.allocator = allocator;
    buffers = SlotArrays.open(slotCount, ByteBuf[]::new);
  }

  @Override
  public long allocate(int slot, long byteSize) {
    return keep(slot, byteSize).memoryAddress();
  }

  private ByteBuf keep(int slot, long byteSize) {
    ByteBuf buffer = allocator.directBuffer(Math.toIntExact(byteSize));
    buffers[slot] = buffer;
    return buffer;
  }

  @Override
  public void free(int slot, long address) {
    kept(slot).release();
    buffers[slot] = null;
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    ByteBuf buffer = keep(slot, byteSize);
    buffer.setZero(0, (int) byteSize);
    return buffer.memoryAddress();
  }

  /** The alignment is one of the allocator, not of a buffer: ask for that much more. */
  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return RawMemory.alignUp(allocate(slot, byteSize + alignment), alignment);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    ByteBuf buffer = kept(slot);
    if (buffer.memoryAddress() == address) {
      return buffer.capacity(Math.toIntExact(newByteSize)).memoryAddress();
    }
    long moved = allocate(slot, newByteSize); // it was aligned
    RawMemory.copy(address, moved, Math.min(oldByteSize, newByteSize));
    buffer.release();
    return moved;
  }

  private ByteBuf kept(int slot) {
    return Objects.requireNonNull(buffers[slot], "the slot is empty");
  }
}
