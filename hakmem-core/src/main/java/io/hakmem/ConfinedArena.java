// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.front.FrontCache;
import io.hakmem.heap.ArenaMemory;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.memory.StackProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The arena of one thread. */
final class ConfinedArena extends HakmemArena {

  private final Thread owner = Thread.currentThread();
  private final ArenaMemory memory;

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  ConfinedArena(Allocator allocator, @Nullable FrontCache cache) {
    super(Arena.ofConfined());
    memory = new ArenaMemory(allocator, cache); // last, for it takes a block
  }

  @Override
  @HotPath
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    if (Thread.currentThread() == owner) {
      // A closed arena has no chunk, so there is no need to ask.
      long address = memory.cut(byteSize, byteAlignment);
      if (address != Memory.NULL) {
        return segment(address, byteSize);
      }
    }
    return allocateSlow(byteSize, byteAlignment);
  }

  private MemorySegment allocateSlow(long byteSize, long byteAlignment) {
    StackProbe.operation();
    requireArguments(byteSize, byteAlignment);
    if (Thread.currentThread() != owner) {
      throw new WrongThreadException(
          "the arena belongs to " + owner + " and was used by " + Thread.currentThread());
    }
    requireAlive();
    return segmentOrThrow(memory.allocate(Math.max(byteSize, 1), byteAlignment), byteSize);
  }

  @Override
  public void close() {
    close(memory);
  }
}
