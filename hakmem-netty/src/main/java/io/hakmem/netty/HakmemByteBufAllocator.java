// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import io.hakmem.Hakmem;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/**
 * Netty's direct buffers in memory of {@link Hakmem}.
 *
 * <p>Each direct buffer is a block of its own: any thread may release it, and it grows in place
 * where that is possible. Its contents are not zeroed. Heap buffers come from an {@link
 * AdaptiveByteBufAllocator}. All threads may use an instance; instances differ in what they count
 * only.
 *
 * <p>As with every allocator of Netty, capacities that are negative or above the maximum are
 * refused with {@link IllegalArgumentException}, a buffer that was released once too often with
 * {@link io.netty.util.IllegalReferenceCountException}, and buffers that are collected without a
 * release are reported by Netty's leak detector. When memory is out, {@link OutOfMemoryError} is
 * thrown.
 */
public final class HakmemByteBufAllocator extends AbstractByteBufAllocator
    implements ByteBufAllocatorMetricProvider {

  /** One for everybody; its {@code buffer()} is direct. */
  public static final HakmemByteBufAllocator DEFAULT = new HakmemByteBufAllocator();

  private final BiasedAdder directBytes = new BiasedAdder();
  private final AdaptiveByteBufAllocator heap = new AdaptiveByteBufAllocator(false);
  private final ByteBufAllocatorMetric metric = new Metric();

  /** An allocator whose {@code buffer()} is direct. */
  public HakmemByteBufAllocator() {
    this(true);
  }

  /** An allocator whose {@code buffer()} is direct or on the Java heap. */
  public HakmemByteBufAllocator(boolean preferDirect) {
    super(preferDirect);
    RawMemory.requireNativeAccess();
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return toLeakAwareBuffer(new HakmemByteBuf(this, initialCapacity, maxCapacity));
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return heap.heapBuffer(initialCapacity, maxCapacity);
  }

  /** True: a direct buffer costs no call of the operating system. */
  @Override
  public boolean isDirectBufferPooled() {
    return true;
  }

  /**
   * Capacities of this instance's direct buffers in bytes, and the memory of its heap buffers. What
   * hakmem holds in all is in {@link Hakmem#stats()}.
   */
  @Override
  public ByteBufAllocatorMetric metric() {
    return metric;
  }

  void count(long bytes) {
    directBytes.add(bytes);
  }

  private final class Metric implements ByteBufAllocatorMetric {
    @Override
    public long usedHeapMemory() {
      return heap.metric().usedHeapMemory();
    }

    @Override
    public long usedDirectMemory() {
      return directBytes.sum();
    }

    @Override
    public String toString() {
      return "usedHeapMemory: " + usedHeapMemory() + "; usedDirectMemory: " + usedDirectMemory();
    }
  }
}
