// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.heap.ArenaMemory;
import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.memory.StackProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Arenas that take their memory from hakmem. They keep the contract of {@link Arena}: segments are
 * zeroed, aligned, checked at each access for bounds, thread and life, and die with the arena.
 *
 * {@snippet file="io/hakmem/sample/ApiSnippets.java" region="arena"}
 */
public abstract sealed class HakmemArena implements Arena permits ConfinedArena, SharedArena {
  /*
   * The scope is that of an arena of the JDK's, which allocates nothing: so every check at an access
   * is the JDK's own, a downcall keeps the arena alive as it does the JDK's, and closing a shared one
   * costs the JDK's handshake with all threads. No segment is kept to slice: an object more, and
   * opening is too large to be inlined.
   *
   * close() of the JDK's arena comes first: it may refuse. When it has not, nobody can reach the
   * memory any more, and it goes back to hakmem.
   */

  private final Arena lifetime;

  HakmemArena(Arena lifetime) {
    this.lifetime = lifetime;
  }

  /** As {@link Arena#ofConfined}: only the calling thread may use the arena and its segments. */
  public static HakmemArena ofConfined() {
    StackProbe.operation();
    Allocator allocator = Startup.allocator();
    return new ConfinedArena(allocator, allocator.cacheOfArenas());
  }

  /** As {@link Arena#ofShared}: any thread may use and close the arena and use its segments. */
  public static HakmemArena ofShared() {
    StackProbe.operation();
    return new SharedArena(new ArenaMemory(Startup.allocator(), null));
  }

  @Override
  public final MemorySegment.Scope scope() {
    return lifetime.scope();
  }

  final MemorySegment segment(long address, long byteSize) {
    return Memory.segment(address, byteSize, lifetime);
  }

  /** Closes the scope, then frees the memory; if the JDK refuses to close, nothing happens. */
  final void close(ArenaMemory memory) {
    StackProbe.operation();
    try {
      lifetime.close();
    } catch (RuntimeException | Error e) {
      closeFailed(memory);
      throw e;
    }
    memory.release();
  }

  private void closeFailed(ArenaMemory memory) {
    // If a cleanup action of the program's threw, the scope is closed all the same.
    if (!isAlive()) {
      memory.release();
    }
  }

  final boolean isAlive() {
    return lifetime.scope().isAlive();
  }

  static void requireArguments(long byteSize, long byteAlignment) {
    Hakmem.requireSize(byteSize);
    if (!Bits.isPowerOfTwo(byteAlignment)) {
      throw new IllegalArgumentException("alignment is not a power of two: " + byteAlignment);
    }
  }

  final void requireAlive() {
    if (!isAlive()) {
      throw closed();
    }
  }

  static IllegalStateException closed() {
    return new IllegalStateException("the arena is closed");
  }

  /** What {@link ArenaMemory#allocate} gave, as a segment. */
  final MemorySegment segmentOrThrow(long address, long byteSize) {
    if (address == Memory.NULL) {
      throw Hakmem.outOfMemory(byteSize);
    }
    return segment(address, byteSize);
  }
}
