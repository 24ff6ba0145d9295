// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.memory.Bits;
import io.hakmem.slab.SizeClasses;

/**
 * Decides how many blocks of each class one front cache may hold, from what its slow paths counted
 * since the last decision. Owner thread only.
 */
final class CapacityController {
  /*
   *   swaps >= GROW_SWAPS   the class ran empty and full: what it needs at a time is more than it holds
   *                         -> twice the capacity, up to the ceiling, if the budget has room
   *   no request            nobody uses the class -> half the capacity, down to the floor
   *   else                  as it is
   *
   * A miss alone says nothing: a program that only allocates misses with any capacity, one that only
   * frees overflows with any. Only both in one interval are blocks that went to the depot in vain.
   *
   *   I1  floorOf(c) <= capacity of c <= ceilingOf(c)
   *   I2  the capacities in bytes add up to no more than the fixed ones would
   *
   * The floor is half the fixed capacity, because a refill asks for that much: a class that comes back
   * after a while misses no more often than without a controller.
   */

  /** Times a class ran both empty and full between two decisions, from which on it grows. */
  static final int GROW_SWAPS = 2;

  private static final int CLASSES = SizeClasses.MAX_CLASS + 1;

  private final FrontSettings settings;
  private final long[] requestsBefore = new long[CLASSES];
  private final long[] missesBefore = new long[CLASSES];
  private final long[] overflowsBefore = new long[CLASSES];
  private final long[] requests = new long[CLASSES];
  private final long[] swaps = new long[CLASSES];
  private final int[] capacities = new int[CLASSES];

  CapacityController(FrontSettings settings) {
    this.settings = settings;
  }

  /** The capacities, by class, that follow from what was counted since the last call. */
  int[] decide(StackArea stacks, FrontCounters counters) {
    for (int c = 1; c < CLASSES; c++) {
      long word = stacks.word(c);
      requests[c] = Stacks.pops(word) - requestsBefore[c];
      long misses = counters.misses[c] - missesBefore[c];
      swaps[c] = Math.min(misses, counters.overflows[c] - overflowsBefore[c]);
      requestsBefore[c] = Stacks.pops(word);
      missesBefore[c] = counters.misses[c];
      overflowsBefore[c] = counters.overflows[c];
      capacities[c] = Stacks.capacity(word);
    }
    plan(settings, requests, swaps, capacities);
    return capacities;
  }

  /**
   * The policy: changes capacities, by class, for so many requests and swaps since the last
   * decision. What shrinks comes first, so that its bytes can go to what grows; of several that
   * grow the smallest blocks come first, for they gain most by the byte.
   */
  static void plan(FrontSettings settings, long[] requests, long[] swaps, int[] capacities) {
    long room = settings.capacityBytes();
    for (int c = 1; c < CLASSES; c++) {
      if (requests[c] == 0) {
        capacities[c] = Math.max(capacities[c] / 2, settings.floorOf(c));
      }
      room -= (long) capacities[c] * SizeClasses.bytes(c);
    }
    for (int c = 1; c < CLASSES; c++) {
      int more = Math.min(capacities[c], settings.ceilingOf(c) - capacities[c]);
      long cost = (long) more * SizeClasses.bytes(c);
      if (requests[c] != 0 && swaps[c] >= GROW_SWAPS && cost <= room) {
        capacities[c] += more;
        room -= cost;
      }
    }
  }

  /** Checks I1 and I2; throws {@link IllegalStateException}. */
  static void verify(FrontSettings settings, StackArea stacks) {
    long bytes = 0;
    for (int c = 1; c < CLASSES; c++) {
      int capacity = Stacks.capacity(stacks.word(c));
      Bits.require(
          capacity >= settings.floorOf(c) && capacity <= settings.ceilingOf(c),
          "class " + c + ": a capacity of " + capacity);
      bytes += (long) capacity * SizeClasses.bytes(c);
    }
    Bits.require(
        bytes <= settings.capacityBytes(),
        "capacities of " + bytes + " bytes, above " + settings.capacityBytes());
  }
}
