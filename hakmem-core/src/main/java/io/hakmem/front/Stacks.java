// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.memory.HotPath;
import io.hakmem.slab.SizeClasses;

/** Layout of the stacks of free blocks of one front cache, one a size class, in one {@code long[]}. */
final class Stacks {
  /*
   *   word of class c                 entries of class c
   *   index WORDS + c                 index entries(c)
   *   |                               |
   *   v                               v
   *   +------+------+- ... -+--- ... -+--------+------ ... ---+--------+-- ... --+--------+- ...
   *   | word | word |       | padding | oldest |              | newest | stale   | unused |
   *   +------+------+- ... -+--- ... -+--------+------ ... ---+--------+-- ... --+--------+- ...
   *                                   |<------- count ------->|<- room ---->|
   *
   *   word:  63                         20 19        10 9         0
   *         +-----------------------------+------------+-----------+
   *         | pops since the start        | room       | count     |
   *         +-----------------------------+------------+-----------+
   *
   *   I1  count + room == capacity of the class
   *
   * One addition moves both limits and counts the pop as well: the statistics cost nothing. It is an
   * ordinary array, because a store of a long needs no barrier of the collector, and padded at both
   * ends, so that nothing of another thread's shares a line with it wherever the collector puts it.
   * Entries start at powers of two, so that their index is a shift.
   */

  static final long POP = (1L << 20) + (1L << 10) - 1;
  static final long PUSH = 1 - (1L << 10);

  private static final int COUNT_MASK = 0x3ff;
  private static final int ROOM_SHIFT = 10;
  private static final long ROOM_MASK = 0x3ffL << ROOM_SHIFT;
  private static final int POPS_SHIFT = 20;

  /** Largest capacity that fits the word. */
  static final int MAX_CAPACITY = COUNT_MASK;

  private static final int PADDING_LONGS = 16;

  // Derived
  private static final int TINY_SHIFT = shiftFor(1);
  private static final int POOL_SHIFT = shiftFor(SizeClasses.TINY_CLASSES + 1);
  private static final int WORDS = PADDING_LONGS;
  private static final int TINY_START = WORDS + SizeClasses.MAX_CLASS + 1 - (1 << TINY_SHIFT);
  private static final int POOL_START =
      TINY_START
          + (SizeClasses.TINY_CLASSES + 1 << TINY_SHIFT)
          - (SizeClasses.TINY_CLASSES + 1 << POOL_SHIFT);

  /** Length of the array. */
  static final int LENGTH = poolEntries(SizeClasses.MAX_CLASS + 1) + PADDING_LONGS;

  private Stacks() {}

  private static int shiftFor(int largestStackClass) {
    int capacity = FrontSettings.installed().capacityOf(largestStackClass);
    return Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1);
  }

  /** Array index of the word of a class. */
  @HotPath
  static int word(int sizeClass) {
    return WORDS + sizeClass;
  }

  /** Array index of the first entry of a tiny class. */
  @HotPath
  static int tinyEntries(int sizeClass) {
    return TINY_START + (sizeClass << TINY_SHIFT);
  }

  /** Array index of the first entry of a pool class. */
  @HotPath
  static int poolEntries(int sizeClass) {
    return POOL_START + (sizeClass << POOL_SHIFT);
  }

  /** Array index of the first entry of any class. */
  static int entries(int sizeClass) {
    return sizeClass <= SizeClasses.TINY_CLASSES ? tinyEntries(sizeClass) : poolEntries(sizeClass);
  }

  @HotPath
  static int count(long word) {
    return (int) word & COUNT_MASK;
  }

  @HotPath
  static boolean hasRoom(long word) {
    return (word & ROOM_MASK) != 0;
  }

  static int room(long word) {
    return (int) word >>> ROOM_SHIFT & COUNT_MASK;
  }

  /** Blocks popped since the start, modulo 2^44. */
  static long pops(long word) {
    return word >>> POPS_SHIFT;
  }

  /** An empty stack with room for a number of blocks. */
  static long emptyWord(int capacity) {
    return (long) capacity << ROOM_SHIFT;
  }

  /** Fresh stacks for all classes, all empty. */
  static long[] create() {
    long[] stacks = new long[LENGTH];
    FrontSettings settings = FrontSettings.installed();
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      stacks[word(c)] = emptyWord(settings.capacityOf(c));
    }
    return stacks;
  }
}
