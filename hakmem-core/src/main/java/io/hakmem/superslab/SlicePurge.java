// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.Bits;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.Superslab.Use;
import org.jspecify.annotations.Nullable;

/** Gives free slices of superslabs back to the system. */
final class SlicePurge {
  /*
   * What goes back is hidden before and found again afterwards, each time under the lock of the
   * superslabs; the calls of the system in between are made without it.
   *
   * Which thread may call: any.
   */

  private static final int ALL = -1;

  private final OsMemory os;
  private final MapMemory maps;
  private final Superslabs superslabs;

  SlicePurge(OsMemory os, MapMemory maps, Superslabs superslabs) {
    this.os = os;
    this.maps = maps;
    this.superslabs = superslabs;
  }

  /** See {@link Superslabs#purge}. */
  long step(long before) {
    long bytes = 0;
    for (int index = 0; index < superslabs.superslabCount(); index++) {
      int slices = hideDirty(index, before);
      if (slices != 0) {
        bytes += unhide(index, slices, decommit(index, slices));
      }
    }
    return bytes;
  }

  /** See {@link Superslabs#returnOldest}. */
  boolean returnOldest() {
    Superslab oldest = hideOldest();
    if (oldest == null) {
      return false;
    }
    int index = oldest.index;
    return unhide(index, ALL, decommit(index, oldest.dirty)) > 0;
  }

  /** Hides the dirty free slices of a superslab if they became free early enough. */
  private int hideDirty(int index, long before) {
    synchronized (superslabs) {
      Superslab superslab = superslabs.at(index);
      int slices = (superslab.dirty | superslab.liveDirty) & ~superslab.used;
      if (superslab.use == Use.WHOLE || superslab.dirtySince - before > 0) {
        return 0;
      }
      if (superslab.use == Use.FREE) {
        superslab.returned.clear();
      }
      if (slices != 0) {
        superslabs.hide(superslab, slices);
      }
      return slices;
    }
  }

  /** Hides the dirty superslab that is free for longest, as a whole; null if there is none. */
  private @Nullable Superslab hideOldest() {
    synchronized (superslabs) {
      Superslab oldest = superslabs.oldestDirty();
      if (oldest != null) {
        oldest.noteReturned(oldest.dirty);
        superslabs.hide(oldest, ALL);
      }
      return oldest;
    }
  }

  private long unhide(int index, int slices, int purged) {
    synchronized (superslabs) {
      return superslabs.unhide(superslabs.at(index), slices, purged);
    }
  }

  /** Returns the slices, of those that are hidden and asked for, whose pages the system took. */
  private int decommit(int index, int slices) {
    int liveDirty = superslabs.at(index).liveDirty;
    int done = 0;
    for (int first = 0; first < Region.SLICES_PER_SUPERSLAB; ) {
      if (((slices >>> first) & 1) == 0) {
        first++;
        continue;
      }
      int count = Integer.numberOfTrailingZeros(~(slices >>> first));
      long address = Region.addressOf(index * Region.SLICES_PER_SUPERSLAB + first);
      long bytes = (long) count << Region.SLICE_SHIFT;
      int range = Bits.lowMask(count) << first;
      boolean hasLiveMap = (liveDirty & range) != 0;
      if (os.decommit(address, bytes) && (!hasLiveMap || maps.decommitLiveMap(address, bytes))) {
        done |= range;
      }
      first += count;
    }
    return done;
  }
}
