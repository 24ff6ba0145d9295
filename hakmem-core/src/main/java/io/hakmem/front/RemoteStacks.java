// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.depot.Magazine;
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
   * owner after the other. A full magazine goes to its owner's place in the depot as it is, in exchange
   * for an empty one; one that holds blocks of several owners is MIXED and goes back to the slabs block
   * by block.
   *
   * Thus a block freed elsewhere is always back with its owner or in its slab, and never keeps
   * travelling: what a thread allocates comes from slabs of its own.
   */

  private static final int MIXED = PageMap.NO_OWNER;

  private final Depot[] depots;

  // Made at the first remote free of a class: most threads free few classes for others, or none.
  private final @Nullable Magazine[] magazines = new @Nullable Magazine[SizeClasses.MAX_CLASS + 1];
  private final int[] owners = new int[SizeClasses.MAX_CLASS + 1];
  private long handedOver;

  RemoteStacks(Depot[] depots) {
    this.depots = depots;
  }

  /** Takes a block that is marked free already; how many blocks left for the depot. */
  int push(int sizeClass, int owner, long address) {
    Magazine magazine = magazines[sizeClass];
    if (magazine == null) {
      magazine = tryMakeMagazine(sizeClass);
      if (magazine == null) {
        depots[sizeClass].giveBack(address);
        handedOver++;
        return 1;
      }
    }
    int count = magazine.count();
    int left = 0;
    if (count == magazine.capacity()
        || (owners[sizeClass] != owner && count > magazine.capacity() / 2)) {
      magazine = handOver(sizeClass, magazine);
      left = count;
    }
    if (magazine.count() == 0) {
      owners[sizeClass] = owner;
    } else if (owners[sizeClass] != owner) {
      owners[sizeClass] = MIXED;
    }
    magazine.add(address);
    return left;
  }

  private @Nullable Magazine tryMakeMagazine(int sizeClass) {
    try {
      Magazine magazine = depots[sizeClass].newMagazine();
      magazines[sizeClass] = magazine;
      return magazine;
    } catch (OutOfMemoryError noMagazine) {
      return null;
    }
  }

  /** Hands every block over. */
  void flush() {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      Magazine magazine = magazines[c];
      if (magazine != null && magazine.count() > 0) {
        handOver(c, magazine);
      }
    }
  }

  /** Blocks freed for others. Any thread; approximate but for the owner. */
  long freedCount() {
    long held = 0;
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      held += count(c);
    }
    return handedOver + held;
  }

  /** Blocks of a class waiting here. Any thread; approximate but for the owner. */
  int count(int sizeClass) {
    Magazine magazine = magazines[sizeClass];
    return magazine == null ? 0 : magazine.count();
  }

  /** Java heap that the stacks take, in bytes, without object headers. Any thread. */
  long heapBytes() {
    long bytes = 0;
    for (Magazine magazine : magazines) {
      bytes += magazine == null ? 0 : (long) magazine.capacity() * Long.BYTES;
    }
    return bytes;
  }

  private Magazine handOver(int sizeClass, Magazine full) {
    handedOver += full.count();
    Magazine empty = depots[sizeClass].give(owners[sizeClass], full);
    magazines[sizeClass] = empty;
    return empty;
  }
}
