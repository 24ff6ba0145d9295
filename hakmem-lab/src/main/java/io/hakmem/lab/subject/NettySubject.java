// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Netty's default allocator of direct buffers; which one that is, a property of Netty says. Buffers
 * count their references and are recycled.
 */
public class NettySubject extends BufferSubject<ByteBuf> {
  /** Netty's property: adaptive or pooled. */
  static final String ALLOCATOR = "io.netty.allocator.type";

  private final ByteBufAllocator allocator;

  /** Opens it with room for the buffer of each slot. */
  public NettySubject(int slotCount) {
    this(slotCount, ByteBufAllocator.DEFAULT);
  }

  /** The same with another allocator of Netty's buffers. */
  NettySubject(int slotCount, ByteBufAllocator allocator) {
    super(SlotArrays.open(slotCount, ByteBuf[]::new));
    this.allocator = allocator;
  }

  @Override
  final ByteBuf open(long byteSize) {
    return allocator.directBuffer(Math.toIntExact(byteSize));
  }

  @Override
  final long addressOf(ByteBuf buffer) {
    return buffer.memoryAddress();
  }

  @Override
  final void release(ByteBuf buffer) {
    buffer.release();
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    ByteBuf buffer = keep(slot, byteSize);
    buffer.setZero(0, (int) byteSize);
    return addressOf(buffer);
  }

  /** By the buffer itself, unless its block was aligned. */
  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    ByteBuf buffer = kept(slot);
    return addressOf(buffer) == address
        ? addressOf(buffer.capacity(Math.toIntExact(newByteSize)))
        : super.reallocate(slot, address, oldByteSize, newByteSize);
  }
}
