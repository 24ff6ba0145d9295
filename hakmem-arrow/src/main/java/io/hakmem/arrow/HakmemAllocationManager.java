// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.arrow;

import io.hakmem.Hakmem;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ReferenceManager;

/**
 * A buffer of Arrow's in memory of {@link Hakmem}. Pass {@link #FACTORY} to the configuration of
 * the root allocator.
 *
 * <p>Limits, accounting and the report of what was not released at {@code close} are Arrow's own.
 * Contents are not zeroed. When memory is out, {@link OutOfMemoryError} is thrown.
 */
public final class HakmemAllocationManager extends AllocationManager {

  /** Makes one for each buffer. */
  public static final Factory FACTORY = new HakmemFactory();

  private final long address;
  private final long byteSize;

  private HakmemAllocationManager(BufferAllocator allocator, long byteSize) {
    super(allocator);
    this.byteSize = byteSize;
    address = Hakmem.allocate(byteSize);
  }

  @Override
  public long getSize() {
    return byteSize;
  }

  @Override
  protected long memoryAddress() {
    return address;
  }

  @Override
  protected void release0() {
    Hakmem.free(address);
  }

  private static final class HakmemFactory implements Factory {
    @Override
    public AllocationManager create(BufferAllocator allocator, long byteSize) {
      return new HakmemAllocationManager(allocator, byteSize);
    }

    @Override
    public ArrowBuf empty() {
      return Empty.BUFFER;
    }
  }

  /** Apart, so that loading the factory does not start hakmem. */
  private static final class Empty {
    static final ArrowBuf BUFFER =
        new ArrowBuf(ReferenceManager.NO_OP, null, 0, Hakmem.allocate(1)); // never freed

    private Empty() {}
  }
}
