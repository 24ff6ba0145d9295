// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of other caches' slabs that one thread freed, on their way to the depot. Owner thread
 * only.
 */
final class RemoteStacks {
  /*
   * Re-using them here would let two threads write to the same cache lines: neighbours in a slab
   * share them. So they are collected by class, and by owner as long as the frees come from one slab
   * owner after the other; a full stack goes to its owner's place in the depot as one magazine. A
   * stack that holds blocks of several owners is MIXED and goes back to the slabs block by block.
   *
   * Thus a block freed elsewhere is always back with its owner or in its slab, and never keeps
   * travelling: what a thread allocates comes from slabs of its own.
   */

  private static final int MIXED = PageMap.NO_OWNER;

  private final Depot[] depots;

  // Made at the first remote free of a class: most threads free few classes for others, or none.
  private final long[] @Nullable [] blocks = new long[SizeClasses.MAX_CLASS + 1] @Nullable [];
  private final int[] counts = new int[SizeClasses.MAX_CLASS + 1];
  private final int[] owners = new int[SizeClasses.MAX_CLASS + 1];
  private long handedOver;

  RemoteStacks(Depot[] depots) {
    this.depots = depots;
  }

  /** Takes a block that is marked free already; how many blocks left for the depot. */
  int push(int sizeClass, int owner, long address) {
    long[] stack = blocks[sizeClass];
    if (stack == null) {
      stack = tryMakeStack(sizeClass);
      if (stack == null) {
        depots[sizeClass].giveBack(address);
        handedOver++;
        return 1;
      }
    }
    int count = counts[sizeClass];
    int left = 0;
    if (count == stack.length || (owners[sizeClass] != owner && count > stack.length / 2)) {
      handOver(sizeClass);
      left = count;
      count = 0;
    }
    if (count == 0) {
      owners[sizeClass] = owner;
    } else if (owners[sizeClass] != owner) {
      owners[sizeClass] = MIXED;
    }
    stack[count] = address;
    counts[sizeClass] = count + 1;
    return left;
  }

  private long @Nullable [] tryMakeStack(int sizeClass) {
    try {
      long[] stack = new long[FrontSettings.installed().capacityOf(sizeClass)];
      blocks[sizeClass] = stack;
      return stack;
    } catch (OutOfMemoryError noStack) {
      return null;
    }
  }

  /** Hands every block over. */
  void flush() {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      handOver(c);
    }
  }

  /** Blocks freed for others. Any thread; approximate but for the owner. */
  long freedCount() {
    long held = 0;
    for (int count : counts) {
      held += count;
    }
    return handedOver + held;
  }

  /** Blocks of a class waiting here. Any thread; approximate but for the owner. */
  int count(int sizeClass) {
    return counts[sizeClass];
  }

  /** Java heap that the stacks take, in bytes, without object headers. Any thread. */
  long heapBytes() {
    long bytes = 0;
    for (long[] stack : blocks) {
      bytes += stack == null ? 0 : (long) stack.length * Long.BYTES;
    }
    return bytes;
  }

  private void handOver(int sizeClass) {
    long[] stack = blocks[sizeClass];
    int count = counts[sizeClass];
    if (stack != null && count > 0) {
      counts[sizeClass] = 0;
      handedOver += count;
      depots[sizeClass].give(owners[sizeClass], stack, 0, count);
    }
  }
}
