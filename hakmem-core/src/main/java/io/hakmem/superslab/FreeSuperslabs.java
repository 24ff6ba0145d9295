// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.Superslab.Use;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The superslabs that nobody uses; guarded by their {@link Superslabs}. */
final class FreeSuperslabs {

  private final BitSet indexes = new BitSet();

  /** Those with charged pages, in the order in which they became free. */
  private @Nullable Superslab oldestDirty;

  private @Nullable Superslab newestDirty;
  private int chargedPages;

  void add(Superslab superslab) {
    superslab.use = Use.FREE;
    superslab.tellReturned();
    indexes.set(superslab.index);
    if (superslab.dirty != 0) {
      chargedPages += superslab.countCharged(-1);
      append(superslab);
    }
  }

  /** Takes one out, for a use. */
  void remove(Superslab superslab, Use use) {
    superslab.use = use;
    if (use == Use.WHOLE) {
      superslab.tellTaken();
    }
    indexes.clear(superslab.index);
    if (superslab.dirty != 0) {
      chargedPages -= superslab.countCharged(-1);
      unlink(superslab);
    }
  }

  /** The one with charged pages that is free for longest; null if there is none. */
  @Nullable Superslab oldestDirty() {
    return oldestDirty;
  }

  private void append(Superslab superslab) {
    Superslab last = newestDirty;
    superslab.previous = last;
    superslab.next = null;
    if (last == null) {
      oldestDirty = superslab;
    } else {
      last.next = superslab;
    }
    newestDirty = superslab;
  }

  private void unlink(Superslab superslab) {
    Superslab previous = superslab.previous;
    Superslab next = superslab.next;
    if (previous == null) {
      oldestDirty = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      newestDirty = previous;
    } else {
      next.previous = previous;
    }
    superslab.previous = null;
    superslab.next = null;
  }

  boolean contains(int index) {
    return indexes.get(index);
  }

  /** The first superslab from {@code index} on that is not free. */
  int firstTaken(int index) {
    return indexes.nextClearBit(index);
  }

  /** Charged pages of all free superslabs. */
  int chargedPages() {
    return chargedPages;
  }

  /** The first aligned run of superslabs that are free or not below the frontier. */
  int find(int count, int alignment, int frontier) {
    int index = 0;
    while (true) {
      int next = indexes.nextSetBit(index);
      int start = next < 0 ? frontier : Math.min(next, frontier);
      index = (int) Bits.alignUp(start, alignment);
      int end = index >= frontier ? Integer.MAX_VALUE : indexes.nextClearBit(index);
      if (end >= frontier || end - index >= count) {
        return index;
      }
      index = end + 1;
    }
  }
}
