// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.DirectByteBufferAllocator;

/**
 * Parquet's own allocator of direct buffers: the JDK's, zeroed, and freed by the garbage collector
 * some time after the buffer is dropped, for its release does nothing.
 */
public class ParquetSubject extends BufferSubject<ByteBuffer> {
  /*
   * A program that uses buffers never asks for their addresses, the workloads do: the field costs
   * next to nothing, where MemorySegment.ofBuffer makes an object.
   */
  private static final VarHandle ADDRESS = address();

  private final ByteBufferAllocator allocator;

  /** Opens it with room for the buffer of each slot. */
  public ParquetSubject(int slotCount) {
    this(slotCount, DirectByteBufferAllocator.getInstance());
  }

  /** The same with another allocator of Parquet's buffers. */
  ParquetSubject(int slotCount, ByteBufferAllocator allocator) {
    super(SlotArrays.open(slotCount, ByteBuffer[]::new));
    this.allocator = allocator;
  }

  @Override
  final ByteBuffer open(long byteSize) {
    return allocator.allocate(Math.toIntExact(byteSize));
  }

  @Override
  final long addressOf(ByteBuffer buffer) {
    return (long) ADDRESS.get((Buffer) buffer);
  }

  @Override
  final void release(ByteBuffer buffer) {
    allocator.release(buffer);
  }

  /** The contract has no zeroes: not every allocator's buffers are as the JDK's. */
  @Override
  public long allocateZeroed(int slot, long byteSize) {
    long address = allocate(slot, byteSize);
    RawMemory.fill(address, byteSize, (byte) 0);
    return address;
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
