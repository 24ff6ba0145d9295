// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.memory.Bits;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.Region;

/**
 * Layout of the stacks of free blocks of one front cache, one a size class, in an area off heap.
 */
final class Stacks {
  /*
   *   stack of class c: area + c * TINY_STRIDE, of a pool class area + POOL_START + c * POOL_STRIDE
   *   |
   *   v
   *   +------+--------+------ ... ---+--------+-- ... --+--------+- ...
   *   | word | oldest |              | newest | stale   | unused |
   *   +------+--------+------ ... ---+--------+-- ... --+--------+- ...
   *          |<------- count ------->|<- room ---->|
   *
   *   word:  63                         20 19        10 9         0
   *         +-----------------------------+------------+-----------+
   *         | pops since the start        | room       | count     |
   *         +-----------------------------+------------+-----------+
   *
   *   I1  count + room == capacity of the class, which is fixed or see CapacityController
   *
   * One addition moves both limits and counts the pop as well: the statistics cost nothing.
   *
   * Off heap, because then no collector moves it, no barrier guards it, nothing of another thread's
   * shares a line with it, and no bounds are checked: with the class known to be 0 ... 255, the area's
   * address to be below 2^48 and nothing subtracted, C2 proves every access inside the address space.
   * Java arrays cost 0.3 ns more on random-mixed and 1 ns of 3.4 on pair (see DECISIONS.md).
   *
   * A stride is an odd number of cache lines: the stacks of all classes then begin in different sets of
   * the processor's first cache.
   */

  static final long POP = (1L << 20) + (1L << 10) - 1;
  static final long PUSH = 1 - (1L << 10);

  private static final int COUNT_MASK = 0x3ff;
  private static final int ROOM_SHIFT = 10;
  private static final long ROOM_MASK = 0x3ffL << ROOM_SHIFT;
  private static final int POPS_SHIFT = 20;
  private static final int LINE_BYTES = 64;

  /** Room above an address in the long that a cache keeps of it. */
  private static final int ADDRESS_SPARE_BITS = 16;

  // Derived
  private static final long TINY_STRIDE = strideFor(1);
  private static final long POOL_STRIDE = strideFor(SizeClasses.TINY_CLASSES + 1);
  private static final long POOL_START =
      (SizeClasses.TINY_CLASSES + 1L) * (TINY_STRIDE - POOL_STRIDE);

  /** Bytes of an area. */
  static final long AREA_BYTES = POOL_START + (SizeClasses.MAX_CLASS + 1L) * POOL_STRIDE;

  static {
    Bits.require(AREA_BYTES <= Region.CACHE_AREA_BYTES, "the stacks fit their area");
  }

  private Stacks() {}

  private static long strideFor(int largestStackClass) {
    long words = 1L + FrontSettings.installed().ceilingOf(largestStackClass);
    return (Math.ceilDiv(words * Long.BYTES, LINE_BYTES) | 1) * LINE_BYTES;
  }

  /** An address in the form in which a cache keeps it. */
  static long pack(long area) {
    return area << ADDRESS_SPARE_BITS;
  }

  /** The address again; the shift tells C2 that it is below 2^48 and not negative. */
  @HotPath
  static long unpack(long packed) {
    return packed >>> ADDRESS_SPARE_BITS;
  }

  /** Address of the stack of a tiny class: of its word. */
  @HotPath
  static long tiny(long area, int sizeClass) {
    return area + (sizeClass & 0xff) * TINY_STRIDE;
  }

  /** Address of the stack of a pool class. */
  @HotPath
  static long pool(long area, int sizeClass) {
    return area + POOL_START + (sizeClass & 0xff) * POOL_STRIDE;
  }

  /** Address of the stack of any class. */
  static long of(long area, int sizeClass) {
    return sizeClass <= SizeClasses.TINY_CLASSES ? tiny(area, sizeClass) : pool(area, sizeClass);
  }

  /** Address of entry {@code i} of a stack; the oldest is number 1, for number 0 is the word. */
  @HotPath
  static long entry(long stack, int i) {
    return stack + ((long) i << 3);
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
    return ((int) word >>> ROOM_SHIFT) & COUNT_MASK;
  }

  /** Most blocks that the stack takes now. */
  static int capacity(long word) {
    return count(word) + room(word);
  }

  /** The word of the same stack with another capacity, not below its count. */
  static long withCapacity(long word, int capacity) {
    return word + ((long) (capacity - capacity(word)) << ROOM_SHIFT);
  }

  /** How many blocks the older half of a stack has, at least one if there is any. */
  static int halfOf(long word) {
    return (count(word) + 1) / 2;
  }

  /** Blocks popped since the start, modulo 2^44. */
  static long pops(long word) {
    return word >>> POPS_SHIFT;
  }

  /** Makes all stacks of an area empty. */
  static void clear(long area) {
    FrontSettings settings = FrontSettings.installed();
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      Memory.putLong(of(area, c), (long) settings.capacityOf(c) << ROOM_SHIFT);
    }
  }
}
