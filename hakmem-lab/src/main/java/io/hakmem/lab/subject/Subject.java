// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.util.Map;
import java.util.OptionalLong;

/**
 * One allocator under measurement, as one thread sees it. Blocks are addresses; {@code slot} says
 * where the workload keeps the block, so that a subject can keep what it needs beside it. Used by
 * the thread that opened it only; blocks may be freed by the subject of another thread.
 */
public abstract class Subject {
  /*
   * The measured loops call these methods, and what they measure must be the allocator and not the
   * call. One run is one process with one subject, so this class has exactly one loaded
   * implementation there: class hierarchy analysis makes every call direct and inlines it, as if
   * each workload were written once per subject. Hence a child process must not load a second
   * implementation: it finds its subject by name, never through a table of constructors.
   */

  /** Allocates; 0 if the allocator says so. */
  public abstract long allocate(int slot, long byteSize);

  /** Frees the block that was kept in the slot. */
  public abstract void free(int slot, long address);

  /** Allocates memory that is zero. */
  public abstract long allocateZeroed(int slot, long byteSize);

  /** Allocates at a multiple of the alignment, a power of two. */
  public abstract long allocateAligned(int slot, long byteSize, long alignment);

  /** Changes the size of the block in the slot, keeping its contents; it may move. */
  public abstract long reallocate(int slot, long address, long oldByteSize, long newByteSize);

  /**
   * Allocates as many blocks as there is room for, then frees them: in one arena where there are
   * arenas, else one by one in the same order.
   */
  public void group(long[] blocks, long byteSize) {
    for (int slot = 0; slot < blocks.length; slot++) {
      blocks[slot] = allocate(slot, byteSize);
    }
    for (int slot = 0; slot < blocks.length; slot++) {
      free(slot, blocks[slot]);
    }
  }

  /** Calls of the operating system by the allocator so far, by kind, where it counts them. */
  public Map<String, Long> osCalls() {
    return Map.of();
  }

  /** What else the allocator counts, so far, by name: for hakmem {@link HakmemCounters}. */
  public Map<String, Long> counters() {
    return Map.of();
  }

  /**
   * Physical memory that the allocator holds now, where that can be told apart from the rest of the
   * process.
   */
  public OptionalLong committedBytes() {
    return OptionalLong.empty();
  }
}
