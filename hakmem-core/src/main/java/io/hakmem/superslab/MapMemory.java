// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.Bits;
import io.hakmem.os.OsMemory;

/** The physical memory behind the maps; guarded by its {@link Superslabs}. */
final class MapMemory {
  /*
   * All maps are readable from the start. They become writable some superslabs at a time, so that a
   * growing region costs few system calls and few mappings.
   */

  /** Superslabs whose maps are made writable at once: 64 MiB of region. */
  private static final int STEP = 32;

  private final OsMemory os;
  private final int capacity;
  private int frontier;

  /** The maps of a region of {@code capacity} superslabs. */
  MapMemory(OsMemory os, int capacity) {
    this.os = os;
    this.capacity = capacity;
  }

  /** Makes the maps of the superslabs below {@code end} writable; false if that is refused. */
  boolean commitUpTo(int end) {
    int wanted = Math.min((end + STEP - 1) / STEP * STEP, capacity);
    if (wanted <= frontier) {
      return true;
    }
    long from = addressOf(frontier);
    long to = addressOf(wanted);
    if (!commit(LiveMap.mapAddress(from), LiveMap.mapAddress(to))
        || !commit(PoolLiveMap.mapAddress(from), PoolLiveMap.mapAddress(to))
        || !commit(PageMap.mapAddress(from), PageMap.mapAddress(to))) {
      return false;
    }
    frontier = wanted;
    return true;
  }

  /** Gives the whole pages of the live map for some slices back; false if the system refuses. */
  boolean decommitLiveMap(long address, long byteSize) {
    long page = os.pageBytes();
    long fromPage = Bits.alignUp(LiveMap.mapAddress(address), page);
    long toPage = LiveMap.mapAddress(address + byteSize) & -page;
    return fromPage >= toPage || os.decommit(fromPage, toPage - fromPage);
  }

  /** What page map and pool live map take for the superslabs below {@code end}, in bytes. */
  long smallBytes(int end) {
    long from = Region.BASE;
    long to = addressOf(end);
    return pagesBetween(PoolLiveMap.mapAddress(from), PoolLiveMap.mapAddress(to))
        + pagesBetween(PageMap.mapAddress(from), PageMap.mapAddress(to));
  }

  private boolean commit(long from, long to) {
    return os.commit(from & -os.pageBytes(), pagesBetween(from, to));
  }

  private long pagesBetween(long from, long to) {
    return Bits.alignUp(to, os.pageBytes()) - (from & -os.pageBytes());
  }

  private static long addressOf(int superslab) {
    return Region.addressOf(superslab * Region.SLICES_PER_SUPERSLAB);
  }
}
