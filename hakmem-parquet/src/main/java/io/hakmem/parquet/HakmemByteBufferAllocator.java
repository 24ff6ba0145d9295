// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.parquet;

import io.hakmem.Hakmem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.ByteBufferAllocator;

/**
 * Parquet's direct buffers in memory of {@link Hakmem}. Pass {@link #INSTANCE} to {@code
 * withAllocator} of a writer's or reader's builder.
 *
 * <p>Contents are not zeroed. Any thread may release a buffer, once; after that neither it nor its
 * slices may be used. When memory is out, {@link OutOfMemoryError} is thrown.
 */
public final class HakmemByteBufferAllocator implements ByteBufferAllocator {

  /** The only one: it has no state of its own. */
  public static final HakmemByteBufferAllocator INSTANCE = new HakmemByteBufferAllocator();

  private HakmemByteBufferAllocator() {}

  /**
   * Allocates a direct buffer in the byte order of all new buffers, big endian.
   *
   * @param size its capacity in bytes, from 0
   * @throws IllegalArgumentException if {@code size} is negative
   */
  @Override
  public ByteBuffer allocate(int size) {
    return Hakmem.allocateBuffer(size).order(ByteOrder.BIG_ENDIAN);
  }

  /**
   * Takes back a buffer of {@link #allocate}, whatever its position, limit and byte order.
   *
   * @throws io.hakmem.InvalidFreeException if it was released before, or is a part of a buffer, or
   *     not one of hakmem's
   * @throws IllegalArgumentException if it is not direct
   */
  @Override
  public void release(ByteBuffer buffer) {
    Hakmem.free(buffer);
  }

  /** Always true: the memory is outside of the Java heap. */
  @Override
  public boolean isDirect() {
    return true;
  }
}
