// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.Bits;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.Superslab.Use;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** All superslabs of the region: finds runs of slices and whole superslabs, and takes them back. */
public final class Superslabs {
  /*
   * Partly used superslabs hang in lists by the length of their longest free run; a request takes
   * from the shortest that is long enough, so long runs are kept for those that need them. Free
   * superslabs are a bit set: neighbours join by themselves, and any tier may take them. Below the
   * frontier everything is committed; above it nothing was ever touched.
   *
   * All methods are safe for every thread; one lock, taken once per slab or large block.
   */

  /** No slice: the region is exhausted, the limit reached, or the system refused. */
  public static final int NONE = -1;

  /** Superslabs whose maps are made writable at once: 64 MiB of region. */
  private static final int MAP_STEP = 32;

  private final OsMemory os;
  private final Account account;
  private final int capacity;
  private final long mapPageBytes;

  private volatile @Nullable Superslab[] directory = new @Nullable Superslab[MAP_STEP];
  private int frontier;
  private int mapsFrontier;
  private final BitSet free = new BitSet();
  private final @Nullable Superslab[] byLongestRun =
      new @Nullable Superslab[Region.SLICES_PER_SUPERSLAB + 1];

  public Superslabs(OsMemory os, Account account) {
    this.os = os;
    this.account = account;
    capacity = (int) (Region.BYTES >>> Region.SUPERSLAB_SHIFT);
    mapPageBytes = Math.max(os.pageBytes(), Region.SLICE_BYTES >>> Region.GRANULE_SHIFT);
  }

  /**
   * Takes {@code count} adjacent slices, 1 to 32, for a holder who uses their live map or not, and
   * charges them; the first one's number, or {@link #NONE}.
   */
  public synchronized int acquireSlices(int count, boolean withLiveMap) {
    Superslab superslab = null;
    for (int run = count; run < byLongestRun.length && superslab == null; run++) {
      superslab = byLongestRun[run];
    }
    if (superslab == null) {
      int index = takeFree(1, 1);
      if (index == NONE) {
        return NONE;
      }
      superslab = at(index);
      superslab.use = Use.SLICES;
      superslab.updateLongestRun();
      link(superslab);
    }
    int first = superslab.findRun(count);
    int mask = Bits.lowMask(count) << first;
    long charge = chargeOf(mask & ~superslab.dirty, withLiveMap ? mask & ~superslab.liveDirty : 0);
    if (!account.tryCharge(charge)) {
      freeIfUnused(superslab);
      return NONE;
    }
    superslab.acquiredClean = (superslab.acquiredClean & ~mask) | (mask & ~superslab.dirty);
    superslab.dirty |= mask;
    superslab.liveDirty |= withLiveMap ? mask : 0;
    setUsed(superslab, superslab.used | mask);
    return superslab.firstSlice() + first;
  }

  /** Whether all of {@code count} slices read as zero when they were acquired. */
  public synchronized boolean acquiredClean(int slice, int count) {
    int mask = maskOf(slice, count);
    return (of(slice).acquiredClean & mask) == mask;
  }

  /** Takes back slices of {@link #acquireSlices}; they count as touched. */
  public synchronized void releaseSlices(int slice, int count, long now) {
    Superslab superslab = of(slice);
    int first = slice & (Region.SLICES_PER_SUPERSLAB - 1);
    for (int i = first; i < first + count; i++) {
      superslab.setContent(i, null);
    }
    superslab.dirtySince = now;
    setUsed(superslab, superslab.used & ~maskOf(slice, count));
    freeIfUnused(superslab);
  }

  /**
   * Takes {@code count} adjacent superslabs of which the first is a multiple of {@code alignment};
   * the first one's number, or {@link #NONE}. What is dirty in them goes over to the caller with
   * its charge: see {@link #dirtySlices}.
   */
  public synchronized int acquireSuperslabs(int count, int alignment) {
    int index = takeFree(count, alignment);
    if (index != NONE) {
      for (int i = index; i < index + count; i++) {
        at(i).use = Use.WHOLE;
      }
    }
    return index;
  }

  /**
   * Takes the superslabs {@code index} and following if they are all free; used to grow in place.
   */
  public synchronized boolean acquireSuperslabsAt(int index, int count) {
    if (index + count > capacity || !ensureFree(index, count)) {
      return false;
    }
    free.clear(index, index + count);
    for (int i = index; i < index + count; i++) {
      at(i).use = Use.WHOLE;
    }
    return true;
  }

  /** The slices of a whole superslab that may hold data of its former life, as a bit set. */
  public synchronized int dirtySlices(int index) {
    return at(index).dirty;
  }

  /**
   * Charges slices of a whole superslab that are not dirty and makes them so; false at the limit.
   */
  public synchronized boolean chargeSlices(int index, int slices) {
    Superslab superslab = at(index);
    if (!account.tryCharge(chargeOf(slices & ~superslab.dirty, 0))) {
      return false;
    }
    superslab.dirty |= slices;
    return true;
  }

  /**
   * Notes that slices of a whole superslab went back to the system, and uncharges those that were
   * dirty.
   */
  public synchronized void unchargeSlices(int index, int slices) {
    Superslab superslab = at(index);
    account.uncharge(chargeOf(slices & superslab.dirty, 0));
    superslab.dirty &= ~slices;
  }

  /**
   * Takes a whole superslab back. Charged are exactly the slices in {@code dirty}; all others read
   * as zero.
   */
  public synchronized void releaseSuperslab(int index, int dirty, long now) {
    Superslab superslab = at(index);
    superslab.use = Use.FREE;
    superslab.dirty = dirty;
    superslab.dirtySince = now;
    superslab.setContent(0, null);
    free.set(index);
  }

  /** What the holder of a slice keeps there; null for a slice nobody holds. Any thread, no lock. */
  public @Nullable Object content(int slice) {
    @Nullable Superslab[] superslabs = directory;
    int index = slice / Region.SLICES_PER_SUPERSLAB;
    Superslab superslab = index < superslabs.length ? superslabs[index] : null;
    return superslab == null ? null : superslab.content(slice % Region.SLICES_PER_SUPERSLAB);
  }

  /** Keeps a holder's object with {@code count} slices that it acquired. */
  public void setContent(int slice, int count, @Nullable Object content) {
    Superslab superslab = of(slice);
    int first = slice & (Region.SLICES_PER_SUPERSLAB - 1);
    for (int i = first; i < first + count; i++) {
      superslab.setContent(i, content);
    }
  }

  /**
   * Gives the physical memory of free slices back that became free at or before {@code before}
   * ({@link System#nanoTime}); how many bytes.
   */
  public long purge(long before) {
    long bytes = 0;
    for (int index = 0; index < superslabCount(); index++) {
      int slices = hideDirty(index, before);
      if (slices != 0) {
        int purged = decommit(index, slices);
        bytes += unhide(index, slices, purged);
      }
    }
    return bytes;
  }

  /** Whether any free slice is dirty. */
  public synchronized boolean hasDirtyFree() {
    for (int index = 0; index < frontier; index++) {
      Superslab superslab = at(index);
      if (superslab.use != Use.WHOLE && (superslab.dirty & ~superslab.used) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Bytes charged for slices that are free. */
  public synchronized long freeSliceBytes() {
    long bytes = 0;
    for (int index = 0; index < frontier; index++) {
      Superslab superslab = at(index);
      bytes += superslab.use == Use.WHOLE ? 0 : chargeOf(superslab.dirty & ~superslab.used, 0);
    }
    return bytes;
  }

  /** Bytes charged for the live map. */
  public synchronized long liveMapBytes() {
    long bytes = 0;
    for (int index = 0; index < frontier; index++) {
      bytes += chargeOf(0, at(index).liveDirty);
    }
    return bytes;
  }

  /** Physical memory that the maps take at most, in bytes. */
  public synchronized long mapBytes() {
    return liveMapBytes() + smallMapBytes();
  }

  /**
   * What page map and pool live map take at most, in bytes: a thousandth of the superslabs ever
   * committed. It is not charged, as it never goes back.
   */
  public synchronized long smallMapBytes() {
    long from = Region.BASE;
    long to = Region.addressOf(frontier * Region.SLICES_PER_SUPERSLAB);
    return pagesBetween(PoolLiveMap.mapAddress(from), PoolLiveMap.mapAddress(to))
        + pagesBetween(PageMap.mapAddress(from), PageMap.mapAddress(to));
  }

  /** Superslabs ever committed. */
  public synchronized int superslabCount() {
    return frontier;
  }

  /**
   * Checks every superslab; throws {@link IllegalStateException}. What is charged for slices and
   * the live map, in bytes, without those of whole superslabs.
   */
  public synchronized long verify() {
    long charged = 0;
    for (int index = 0; index < frontier; index++) {
      Superslab superslab = at(index);
      superslab.verify();
      charged += chargeOf(superslab.use == Use.WHOLE ? 0 : superslab.dirty, superslab.liveDirty);
      Bits.require(
          free.get(index) == (superslab.use == Use.FREE),
          "superslab " + index + ": free set and use disagree");
      for (int slice = 0; slice < Region.SLICES_PER_SUPERSLAB; slice++) {
        boolean entered = PageMap.kindOfSlice(superslab.firstSlice() + slice) != 0;
        boolean held = superslab.use == Use.WHOLE || (superslab.used >>> slice & 1) != 0;
        Bits.require(
            held || !entered, "slice " + (superslab.firstSlice() + slice) + " is free but entered");
      }
    }
    return charged;
  }

  // ---- free superslabs

  private int takeFree(int count, int alignment) {
    int index = findFree(count, alignment);
    if (index + count > capacity || !ensureFree(index, count)) {
      return NONE;
    }
    free.clear(index, index + count);
    return index;
  }

  /** The first aligned run of superslabs that are free or beyond the frontier. */
  private int findFree(int count, int alignment) {
    int index = 0;
    while (true) {
      int start = Math.min(nextFree(index), frontier);
      index = (int) Bits.alignUp(start, alignment);
      int end = index >= frontier ? Integer.MAX_VALUE : free.nextClearBit(index);
      if (end >= frontier || end - index >= count) {
        return index;
      }
      index = end + 1;
    }
  }

  private int nextFree(int index) {
    int next = free.nextSetBit(index);
    return next < 0 ? frontier : next;
  }

  /** Commits superslabs up to the end of a run; false if one of the run is in use or refused. */
  private boolean ensureFree(int index, int count) {
    int end = index + count;
    if (free.nextClearBit(index) < Math.min(end, frontier)) {
      return false;
    }
    return end <= frontier || commitUpTo(end);
  }

  private boolean commitUpTo(int end) {
    @Nullable Superslab[] grown = directory;
    if (end > grown.length) {
      grown = Arrays.copyOf(grown, Math.max(end, Math.min(capacity, grown.length * 2)));
    }
    for (int index = frontier; index < end; index++) {
      grown[index] = new Superslab(index);
    }
    long from = Region.addressOf(frontier * Region.SLICES_PER_SUPERSLAB);
    long bytes = (long) (end - frontier) << Region.SUPERSLAB_SHIFT;
    if (!commitMaps(end) || !os.commit(from, bytes)) {
      return false;
    }
    directory = grown;
    free.set(frontier, end);
    frontier = end;
    return true;
  }

  private boolean commitMaps(int end) {
    int mapsEnd = Math.min((end + MAP_STEP - 1) / MAP_STEP * MAP_STEP, capacity);
    if (mapsEnd <= mapsFrontier) {
      return true;
    }
    long from = Region.addressOf(mapsFrontier * Region.SLICES_PER_SUPERSLAB);
    long to = Region.addressOf(mapsEnd * Region.SLICES_PER_SUPERSLAB);
    if (!commitMap(LiveMap.mapAddress(from), LiveMap.mapAddress(to))
        || !commitMap(PoolLiveMap.mapAddress(from), PoolLiveMap.mapAddress(to))
        || !commitMap(PageMap.mapAddress(from), PageMap.mapAddress(to))) {
      return false;
    }
    mapsFrontier = mapsEnd;
    return true;
  }

  private boolean commitMap(long from, long to) {
    return os.commit(from & -os.pageBytes(), pagesBetween(from, to));
  }

  private long pagesBetween(long from, long to) {
    return Bits.alignUp(to, os.pageBytes()) - (from & -os.pageBytes());
  }

  // ---- slices

  private void setUsed(Superslab superslab, int used) {
    unlink(superslab);
    superslab.used = used;
    superslab.updateLongestRun();
    link(superslab);
  }

  private void freeIfUnused(Superslab superslab) {
    if (superslab.used == 0) {
      unlink(superslab);
      superslab.use = Use.FREE;
      free.set(superslab.index);
    }
  }

  private void link(Superslab superslab) {
    if (superslab.longestRun == 0) {
      return;
    }
    Superslab head = byLongestRun[superslab.longestRun];
    superslab.previous = null;
    superslab.next = head;
    if (head != null) {
      head.previous = superslab;
    }
    byLongestRun[superslab.longestRun] = superslab;
  }

  private void unlink(Superslab superslab) {
    if (superslab.longestRun == 0) {
      return;
    }
    Superslab next = superslab.next;
    Superslab previous = superslab.previous;
    if (next != null) {
      next.previous = previous;
    }
    if (previous != null) {
      previous.next = next;
    } else if (byLongestRun[superslab.longestRun] == superslab) {
      byLongestRun[superslab.longestRun] = next;
    }
    superslab.next = null;
    superslab.previous = null;
  }

  // ---- purge

  /**
   * Takes the dirty free slices of a superslab out of circulation, so that nobody is given them
   * while the system takes their pages.
   */
  private synchronized int hideDirty(int index, long before) {
    Superslab superslab = at(index);
    int slices = (superslab.dirty | superslab.liveDirty) & ~superslab.used;
    if (superslab.use == Use.WHOLE || slices == 0 || superslab.dirtySince - before > 0) {
      return 0;
    }
    if (superslab.use == Use.FREE) {
      free.clear(index);
      superslab.use = Use.SLICES;
      superslab.updateLongestRun();
      link(superslab);
    }
    setUsed(superslab, superslab.used | slices);
    return slices;
  }

  /** Returns the slices, of those asked for, whose pages the system took. */
  private int decommit(int index, int slices) {
    int done = 0;
    for (int first = 0; first < Region.SLICES_PER_SUPERSLAB; ) {
      if (((slices >>> first) & 1) == 0) {
        first++;
        continue;
      }
      int count = Integer.numberOfTrailingZeros(~(slices >>> first));
      long address = Region.addressOf(index * Region.SLICES_PER_SUPERSLAB + first);
      long bytes = (long) count << Region.SLICE_SHIFT;
      if (os.decommit(address, bytes) && decommitLiveMap(address, bytes)) {
        done |= Bits.lowMask(count) << first;
      }
      first += count;
    }
    return done;
  }

  private boolean decommitLiveMap(long address, long bytes) {
    long page = os.pageBytes();
    long fromPage = Bits.alignUp(LiveMap.mapAddress(address), page);
    long toPage = LiveMap.mapAddress(address + bytes) & -page;
    return fromPage >= toPage || os.decommit(fromPage, toPage - fromPage);
  }

  private synchronized long unhide(int index, int slices, int purged) {
    Superslab superslab = at(index);
    long bytes = chargeOf(superslab.dirty & purged, superslab.liveDirty & purged);
    superslab.dirty &= ~purged;
    superslab.liveDirty &= ~purged;
    setUsed(superslab, superslab.used & ~slices);
    freeIfUnused(superslab);
    account.uncharge(bytes);
    return bytes;
  }

  // ---- small helpers

  private long chargeOf(int slices, int liveMapPages) {
    return ((long) Integer.bitCount(slices) << Region.SLICE_SHIFT)
        + Integer.bitCount(liveMapPages) * mapPageBytes;
  }

  private static int maskOf(int slice, int count) {
    return Bits.lowMask(count) << (slice & (Region.SLICES_PER_SUPERSLAB - 1));
  }

  private Superslab of(int slice) {
    return at(slice / Region.SLICES_PER_SUPERSLAB);
  }

  Superslab at(int index) {
    Superslab superslab = directory[index];
    if (superslab == null) {
      throw new IllegalStateException("superslab " + index + " was never committed");
    }
    return superslab;
  }
}
