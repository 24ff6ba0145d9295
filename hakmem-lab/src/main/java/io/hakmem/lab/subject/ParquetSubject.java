// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.DirectByteBufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Parquet's own allocator of direct buffers: the JDK's, zeroed, and freed by the garbage collector
 * some time after the buffer is dropped, for its release does nothing.
 */
public class ParquetSubject extends Subject {
  /*
   * A program that uses buffers never asks for their addresses, the workloads do: the field costs
   * next to nothing, where MemorySegment.ofBuffer makes an object.
   */
  private static final VarHandle ADDRESS = address();

  private final ByteBufferAllocator allocator;
  private final @Nullable ByteBuffer[] buffers;

  /** Opens it with room for the buffer of each slot. */
  public ParquetSubject(int slotCount) {
    this(slotCount, DirectByteBufferAllocator.getInstance());
  }

  /** The same with another allocator of Parquet's buffers. */
  ParquetSubject(int slotCount, ByteBufferAllocator allocator) {
    this.allocator = allocator;
    buffers = SlotArrays.open(slotCount, ByteBuffer[]::new);
  }

  @Override
  public long allocate(int slot, long byteSize) {
    ByteBuffer buffer = allocator.allocate(Math.toIntExact(byteSize));
    buffers[slot] = buffer;
    return (long) ADDRESS.get((Buffer) buffer);
  }

  @Override
  public void free(int slot, long address) {
    allocator.release(kept(slot));
    buffers[slot] = null;
  }

  /** The contract has no zeroes: not every allocator's buffers are as the JDK's. */
  @Override
  public long allocateZeroed(int slot, long byteSize) {
    long address = allocate(slot, byteSize);
    RawMemory.fill(address, byteSize, (byte) 0);
    return address;
  }

  /** There is no alignment to ask for: ask for that much more. */
  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return RawMemory.alignUp(allocate(slot, byteSize + alignment), alignment);
  }

  /** A buffer cannot resize: allocate, copy, release the old one. */
  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    ByteBuffer old = kept(slot);
    long moved = allocate(slot, newByteSize);
    RawMemory.copy(address, moved, Math.min(oldByteSize, newByteSize));
    allocator.release(old);
    return moved;
  }

  private ByteBuffer kept(int slot) {
    return Objects.requireNonNull(buffers[slot], "the slot is empty");
  }

  private static VarHandle address() {
    try {
      return MethodHandles.privateLookupIn(Buffer.class, MethodHandles.lookup())
          .findVarHandle(Buffer.class, "address", long.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK's buffers have no field of their address", e);
    }
  }
}
