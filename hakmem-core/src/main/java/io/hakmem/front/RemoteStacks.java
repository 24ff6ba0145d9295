// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.memory.HotPath;
import io.hakmem.slab.SizeClasses;
import java.util.Arrays;
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

  private final Depot[] depots;

  // Made at the first remote free of a class: most threads free few classes for others, or none.
  private final RemoteStack[] stacks = new RemoteStack[SizeClasses.MAX_CLASS + 1];
  private long handedOver;

  RemoteStacks(Depot[] depots) {
    this.depots = depots;
    Arrays.fill(stacks, RemoteStack.NONE);
  }

  /** The stack of a class. */
  @HotPath
  RemoteStack of(int sizeClass) {
    return stacks[sizeClass];
  }

  /** Takes a block that is marked free already; how many blocks left for the depot. */
  int push(int sizeClass, int owner, long address) {
    RemoteStack stack = stacks[sizeClass];
    if (stack == RemoteStack.NONE) {
      stack = tryMakeStack(sizeClass);
      if (stack == null) {
        depots[sizeClass].giveBack(address);
        handedOver++;
        return 1;
      }
    }
    int left = 0;
    int count = stack.count();
    if (count == stack.capacity() || (stack.owner() != owner && count > stack.capacity() / 2)) {
      left = handOver(sizeClass);
      count = 0;
    }
    if (stack.owner() != owner) {
      stack.setOwner(count == 0 ? owner : RemoteStack.MIXED);
    }
    stack.push(address);
    return left;
  }

  private @Nullable RemoteStack tryMakeStack(int sizeClass) {
    try {
      RemoteStack stack = new RemoteStack(FrontSettings.installed().remoteOf(sizeClass));
      stacks[sizeClass] = stack;
      return stack;
    } catch (OutOfMemoryError noStack) {
      return null;
    }
  }

  /** Hands every block over. */
  void flush() {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      int ignored = handOver(c);
    }
  }

  private int handOver(int sizeClass) {
    int count = stacks[sizeClass].handOver(depots[sizeClass]);
    handedOver += count;
    return count;
  }

  /** Blocks freed for others. Any thread; approximate but for the owner. */
  long freedCount() {
    long held = 0;
    for (RemoteStack stack : stacks) {
      held += stack.count();
    }
    return handedOver + held;
  }

  /** Blocks of a class waiting here. Any thread; approximate but for the owner. */
  int count(int sizeClass) {
    return stacks[sizeClass].count();
  }

  /** Java heap that the stacks take, in bytes, without object headers. Any thread. */
  long heapBytes() {
    long bytes = 0;
    for (RemoteStack stack : stacks) {
      bytes += (long) stack.capacity() * Long.BYTES;
    }
    return bytes;
  }
}
