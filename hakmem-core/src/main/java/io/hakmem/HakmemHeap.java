// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.heap.Heap;
import io.hakmem.memory.Memory;
import io.hakmem.memory.StackProbe;
import io.hakmem.superslab.FreeResult;
import java.lang.foreign.MemorySegment;

/**
 * A heap of its own: blocks as {@link Hakmem} gives them, that can be freed one by one, and all at
 * once by {@link #close}. Any thread may use the heap and free its blocks.
 *
 * <p>Nothing is checked in time: unlike the segments of an arena, blocks are plain addresses, and
 * whoever uses one after the heap was closed reads or spoils what lies there then. The program has
 * to see to it that no thread allocates, frees or uses blocks of a heap while another one closes
 * it. The allocator itself stays sound whatever happens.
 *
 * <p>A block can be freed only by the heap that it comes from; for {@link Hakmem#free(long)} and
 * for all other heaps it is {@link InvalidFreeException.Kind#FOREIGN}. Once its heap is closed it
 * is {@link InvalidFreeException.Kind#NOT_ALLOCATED}. A free that, against the rule above, meets
 * {@link #close} in another thread frees the block or is refused for one of these two reasons.
 *
 * {@snippet file="io/hakmem/sample/ApiSnippets.java" region="heap"}
 */
public final class HakmemHeap implements AutoCloseable {

  private final Heap heap;

  private HakmemHeap(Heap heap) {
    this.heap = heap;
  }

  /** An empty heap. */
  public static HakmemHeap create() {
    StackProbe.operation();
    return new HakmemHeap(new Heap(Startup.allocator()));
  }

  /**
   * As {@link Hakmem#allocate}.
   *
   * @throws IllegalStateException if the heap is closed
   */
  public long allocate(long byteSize) {
    StackProbe.operation();
    Hakmem.requireSize(byteSize);
    return orThrow(heap.allocate(byteSize), byteSize);
  }

  /**
   * As {@link Hakmem#allocateZeroed(long)}.
   *
   * @throws IllegalStateException if the heap is closed
   */
  public long allocateZeroed(long byteSize) {
    StackProbe.operation();
    Hakmem.requireSize(byteSize);
    return orThrow(heap.allocateZeroed(byteSize), byteSize);
  }

  /**
   * As {@link Hakmem#allocateAligned}.
   *
   * @throws IllegalStateException if the heap is closed
   */
  public long allocateAligned(long byteSize, long alignment) {
    StackProbe.operation();
    Hakmem.requireSize(byteSize);
    Hakmem.requireAlignment(alignment);
    return orThrow(heap.allocateAligned(byteSize, alignment), byteSize);
  }

  /**
   * As {@link #allocateAligned}, as a segment whose scope never ends: {@code heap::allocateSegment}
   * is a {@link java.lang.foreign.SegmentAllocator}.
   *
   * @throws IllegalStateException if the heap is closed
   */
  public MemorySegment allocateSegment(long byteSize, long byteAlignment) {
    StackProbe.operation();
    long address = allocateAligned(byteSize, byteAlignment);
    MemorySegment segment = null;
    try {
      segment = Memory.segment(address, byteSize);
      return segment;
    } finally {
      if (segment == null) { // the Java heap is full
        release(address);
      }
    }
  }

  private long orThrow(long address, long byteSize) {
    if (address == Memory.NULL) {
      throw noMemory(byteSize);
    }
    return address;
  }

  private Error noMemory(long byteSize) {
    if (heap.isClosed()) {
      throw new IllegalStateException("the heap is closed");
    }
    return Hakmem.outOfMemory(byteSize);
  }

  /**
   * As {@link Hakmem#reallocate}.
   *
   * @throws InvalidFreeException if no live block of this heap starts at {@code address}
   * @throws IllegalStateException if the heap is closed
   */
  public long reallocate(long address, long newByteSize) {
    StackProbe.operation();
    Hakmem.requireSize(newByteSize);
    if (address == Memory.NULL) {
      return allocate(newByteSize);
    }
    long usable = usableSize(address);
    if (heap.resize(address, usable, Math.max(newByteSize, 1))) {
      return address;
    }
    long moved = allocate(newByteSize);
    Memory.copy(address, moved, Math.min(usable, newByteSize));
    release(address);
    return moved;
  }

  /**
   * Frees the live block of this heap that starts at {@code address}; 0 is ignored.
   *
   * @throws InvalidFreeException if no live block of this heap starts there
   */
  public void free(long address) {
    StackProbe.operation();
    release(address);
  }

  /** Frees within an operation that has made sure of its stack: another probe might fail. */
  private void release(long address) {
    int result = heap.free(address);
    if (result != FreeResult.FREED && address != Memory.NULL) {
      throw Hakmem.refusal(result, address, "free");
    }
  }

  /**
   * Bytes that may be used at {@code address}: at least what was asked for.
   *
   * @throws InvalidFreeException if no live block of this heap starts there
   */
  public long usableSize(long address) {
    long usable = heap.usableSize(address);
    if (usable == 0) {
      throw Hakmem.refusal(heap.explain(address), address, "usableSize");
    }
    return usable;
  }

  /** Whether a live block of this heap starts at {@code address}. */
  public boolean owns(long address) {
    return heap.usableSize(address) != 0;
  }

  /**
   * Frees all blocks of the heap; the second time nothing.
   *
   * @throws MemoryCorruptionException in the hardened mode, when all is done, if somebody wrote
   *     beyond the end of a chunk or a large block
   */
  @Override
  public void close() {
    StackProbe.operation();
    heap.close();
    Hakmem.throwFinding(Startup.allocator());
  }

  /**
   * Checks the heap's structures, for tests and tools; no other thread may use it meanwhile.
   *
   * @throws IllegalStateException that says what does not hold, with the values
   */
  public void verify() {
    heap.verify();
  }
}
