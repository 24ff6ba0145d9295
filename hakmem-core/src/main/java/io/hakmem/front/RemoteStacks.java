// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.PageMap;
import org.jspecify.annotations.Nullable;

/** Blocks of other caches' slabs that one thread freed, on their way to the depot. Owner thread only. */
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

  // Most threads never free for others: made at the first remote free.
  private long @Nullable [] stacks;
  private int[] owners = {};
  private long handedOver;

  RemoteStacks(Depot[] depots) {
    this.depots = depots;
  }

  /** Takes a block that is marked free already; how many blocks left for the depot. */
  int push(int sizeClass, int owner, long address) {
    long[] array = stacks;
    if (array == null) {
      array = create();
    }
    long word = array[Stacks.word(sizeClass)];
    if (owners[sizeClass] == owner && Stacks.hasRoom(word)) {
      array[Stacks.entries(sizeClass) + Stacks.count(word)] = address;
      array[Stacks.word(sizeClass)] = word + Stacks.PUSH;
      return 0;
    }
    return pushSlow(array, sizeClass, owner, address);
  }

  private int pushSlow(long[] array, int sizeClass, int owner, long address) {
    long word = array[Stacks.word(sizeClass)];
    int count = Stacks.count(word);
    int room = Stacks.room(word);
    int left = 0;
    if (room == 0 || count > room && owners[sizeClass] != owner) {
      handOver(array, sizeClass);
      left = count;
      count = 0;
    }
    owners[sizeClass] = count == 0 ? owner : MIXED;
    array[Stacks.entries(sizeClass) + count] = address;
    array[Stacks.word(sizeClass)] += Stacks.PUSH;
    return left;
  }

  /** Hands every block over. */
  void flush() {
    long[] array = stacks;
    if (array != null) {
      for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
        handOver(array, c);
      }
    }
  }

  /** Blocks freed for others. Any thread; approximate but for the owner. */
  long freedCount() {
    long held = 0;
    long[] array = stacks;
    for (int c = 1; array != null && c <= SizeClasses.MAX_CLASS; c++) {
      held += Stacks.count(array[Stacks.word(c)]);
    }
    return handedOver + held;
  }

  /** Blocks of a class waiting here. Any thread; approximate but for the owner. */
  int count(int sizeClass) {
    long[] array = stacks;
    return array == null ? 0 : Stacks.count(array[Stacks.word(sizeClass)]);
  }

  private void handOver(long[] array, int sizeClass) {
    int count = Stacks.count(array[Stacks.word(sizeClass)]);
    if (count == 0) {
      return;
    }
    array[Stacks.word(sizeClass)] -= count * Stacks.PUSH;
    handedOver += count;
    int from = Stacks.entries(sizeClass);
    depots[sizeClass].give(owners[sizeClass], array, from, from + count);
  }

  private long[] create() {
    owners = new int[SizeClasses.MAX_CLASS + 1];
    long[] array = Stacks.create();
    stacks = array;
    return array;
  }
}
