// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import io.hakmem.memory.Bits;
import org.jspecify.annotations.Nullable;

/** The magazines that wait for one owner, none of them empty. Guarded by its depot. */
final class MagazineQueue {
  /*
   *   head                       tail
   *   |                          |
   *   v                          v
   *   +--------+    +--------+   +--------+
   *   | oldest |--->|        |-->| newest |
   *   +--------+    +--------+   +--------+
   *
   * First in, first out. Blocks that leave a slab together are neighbours, and neighbours have their
   * live bytes in one cache line. In the order in which they left they come back, are allocated again
   * and freed again: the line changes cores once for all of them. A stack of magazines puts other
   * pieces beside each other in each round, and after some dozens of rounds each block meets a line of its own.
   */

  private @Nullable Magazine head;
  private @Nullable Magazine tail;
  private int size;

  /** Least size since the last {@link #surplus}. */
  private int lowWater;

  int size() {
    return size;
  }

  /** The one that has waited longest; null if there is none. */
  @Nullable Magazine oldest() {
    return head;
  }

  /** The one that came last; null if there is none. */
  @Nullable Magazine newest() {
    return tail;
  }

  void add(Magazine magazine) {
    magazine.next = null;
    if (tail == null) {
      head = magazine;
    } else {
      tail.next = magazine;
    }
    tail = magazine;
    size++;
  }

  /** Adds one that {@link #oldest} returns next, as on a stack. */
  void addOldest(Magazine magazine) {
    magazine.next = head;
    head = magazine;
    if (tail == null) {
      tail = magazine;
    }
    size++;
  }

  /** Removes the one that {@link #oldest} returned. */
  void remove(Magazine oldest) {
    head = oldest.next;
    if (head == null) {
      tail = null;
    }
    size--;
    lowWater = Math.min(lowWater, size);
  }

  /** How many magazines have not been needed since the last call. */
  int surplus() {
    int surplus = lowWater;
    lowWater = size;
    return surplus;
  }

  long blockCount() {
    long blocks = 0;
    for (Magazine each = head; each != null; each = each.next) {
      blocks += each.count();
    }
    return blocks;
  }

  /**
   * Checks the counts, and that all magazines are empty or none; throws {@link
   * IllegalStateException} with the values.
   */
  void verify(boolean empty) {
    int found = 0;
    Magazine last = null;
    for (Magazine each = head; each != null; each = each.next) {
      found++;
      last = each;
      Bits.require((each.count() == 0) == empty, "a magazine has " + each.count() + " blocks");
    }
    Bits.require(found == size, "the depot counts " + size + " magazines but has " + found);
    Bits.require(last == tail, "the last magazine is not the newest");
    Bits.require(lowWater <= size, "low-water mark " + lowWater + " above " + size);
  }
}
