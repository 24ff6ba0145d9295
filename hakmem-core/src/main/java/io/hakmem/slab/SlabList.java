// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import org.jspecify.annotations.Nullable;

/** Slabs of one owner that have something to give; guarded by its {@link SlabPool}. */
final class SlabList {

  /** Slabs looked at for the fullest. */
  private static final int CANDIDATES = 4;

  private @Nullable Slab head;
  private @Nullable Slab tail;

  boolean isEmpty() {
    return head == null;
  }

  /** The slab that is in the list for longest; null if the list is empty. */
  @Nullable Slab first() {
    return head;
  }

  /** Whether any other slab than this one is in the list. */
  boolean hasOther(Slab slab) {
    return head != null && (head != slab || slab.next != null);
  }

  /** Of the first few slabs the one with the most used blocks; null if the list is empty. */
  @Nullable Slab fullest() {
    // Emptier slabs get the time to become empty: less memory on the traces at no cost in time.
    Slab best = head;
    Slab next = best;
    for (int i = 1; i < CANDIDATES && next != null; i++) {
      next = next.next;
      if (next != null && best != null && next.used > best.used) {
        best = next;
      }
    }
    return best;
  }

  /** Appends a slab that is in no list. */
  void add(Slab slab) {
    slab.previous = tail;
    slab.next = null;
    if (tail == null) {
      head = slab;
    } else {
      tail.next = slab;
    }
    tail = slab;
    slab.list = this;
  }

  /** Takes a slab of this list out. */
  void remove(Slab slab) {
    Slab next = slab.next;
    Slab previous = slab.previous;
    if (previous == null) {
      head = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      tail = previous;
    } else {
      next.previous = previous;
    }
    slab.next = null;
    slab.previous = null;
    slab.list = null;
  }
}
