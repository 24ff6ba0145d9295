// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import org.jspecify.annotations.Nullable;

/** A batch of free blocks of one size class that changes hands as a whole. */
final class Magazine {
  /*
   *   blocks[0]             blocks[start]              blocks[end]     blocks[blocks.length]
   *   |                     |                          |               |
   *   v                     v                          v               v
   *   +---------- ... ------+--------+-- ... -+--------+----- ... -----+
   *   | room                | newest |        | oldest | taken already |
   *   +---------- ... ------+--------+-- ... -+--------+----- ... -----+
   *
   * Filled from the end towards the front, and emptied from the end, because whoever takes it pushes
   * it on a stack and so allocates the last block first: blocks leave in the order in which they came.
   *
   * Addresses only: the blocks themselves are not touched when the magazine changes hands, so a block
   * freed for another thread costs no cache line of its own. Guarded by its depot.
   *
   *   I1  0 <= start <= end <= blocks.length
   *   I2  blocks[i], start <= i < end, is a free block of this size class, marked not live
   */

  private final long[] blocks;
  private int start;
  private int end;
  @Nullable Magazine next;

  /** An empty one for so many blocks. */
  Magazine(int capacity) {
    blocks = new long[capacity];
    start = capacity;
    end = capacity;
  }

  int count() {
    return end - start;
  }

  /** How many more blocks it takes. */
  int room() {
    return start;
  }

  /** Takes the blocks {@code lot[from]} to {@code lot[to - 1]}, the last of them first. */
  void add(long[] lot, int from, int to) {
    start -= to - from;
    System.arraycopy(lot, from, blocks, start, to - from);
  }

  /**
   * Moves the oldest blocks, at most so many, to {@code into} from index {@code from} on, the
   * oldest last; how many.
   */
  int take(long[] into, int from, int most) {
    int taken = Math.min(count(), most);
    end -= taken;
    System.arraycopy(blocks, end, into, from, taken);
    if (start == end) {
      start = blocks.length;
      end = blocks.length;
    }
    return taken;
  }
}
