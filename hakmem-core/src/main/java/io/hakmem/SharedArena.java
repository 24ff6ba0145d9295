// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.heap.ArenaMemory;
import io.hakmem.memory.Memory;
import io.hakmem.memory.StackProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The arena of all threads. */
final class SharedArena extends HakmemArena {
  /*
   * Memory is cut and zeroed under a lock and released under the same lock: what is written is never
   * free. Closing takes it as well, so that who loses a race to close leaves the memory to the
   * winner. Whether the arena is closed is asked before the lock too: a cleanup action of the
   * program's may wait for a thread that allocates, and that one is refused at once.
   */

  /** The lock as well. */
  private final ArenaMemory memory;

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  SharedArena(ArenaMemory memory) {
    super(Arena.ofShared());
    this.memory = memory;
  }

  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    StackProbe.operation();
    requireArguments(byteSize, byteAlignment);
    requireAlive();
    if (ArenaMemory.isLarge(byteSize, byteAlignment)) {
      return allocateLarge(byteSize, byteAlignment);
    }
    synchronized (memory) {
      requireAlive();
      long address = memory.cut(byteSize, byteAlignment);
      return address != Memory.NULL
          ? segment(address, byteSize)
          : segmentOrThrow(memory.allocate(Math.max(byteSize, 1), byteAlignment), byteSize);
    }
  }

  /** Not under the lock: zeroing takes its time. */
  private MemorySegment allocateLarge(long byteSize, long byteAlignment) {
    ArenaMemory.Block block = memory.allocateBlock(byteSize, byteAlignment);
    if (block == null) {
      throw Hakmem.outOfMemory(byteSize);
    }
    synchronized (memory) {
      if (isAlive()) {
        return segment(memory.keep(block), byteSize);
      }
    }
    memory.discard(block);
    throw closed();
  }

  @Override
  public void close() {
    StackProbe.operation();
    synchronized (memory) {
      close(memory);
    }
  }
}
