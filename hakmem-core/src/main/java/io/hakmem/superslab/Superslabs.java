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
   * A request for slices goes to the partly used superslab whose longest free run is the shortest
   * that is long enough, so long runs are kept for those that need them. Free
   * superslabs are a bit set: neighbours join by themselves, and any tier may take them. Below the
   * frontier everything is committed; above it nothing was ever touched.
   *
   * All methods are safe for every thread; one lock, taken once per slab or large block.
   */

  /** No slice: the region is exhausted, the limit reached, or the system refused. */
  public static final int NONE = -1;

  private static final int MIN_DIRECTORY = 32;

  private final OsMemory os;
  private final Account account;
  private final MapMemory maps;
  private final int capacity;
  private final long mapPageBytes;
  private final int pageShift;
  private final int pagesPerSlice;

  private volatile @Nullable Superslab[] directory = new @Nullable Superslab[MIN_DIRECTORY];
  private int frontier;
  private final FreeSuperslabs free = new FreeSuperslabs();
  private final PartlyFree partlyFree = new PartlyFree();
  private final SlicePurge purge;
  private long refaults;

  public Superslabs(OsMemory os, Account account) {
    this.os = os;
    this.account = account;
    capacity = (int) (Region.BYTES >>> Region.SUPERSLAB_SHIFT);
    maps = new MapMemory(os, capacity);
    purge = new SlicePurge(os, maps, this);
    mapPageBytes = Math.max(os.pageBytes(), Region.SLICE_BYTES >>> Region.GRANULE_SHIFT);
    pageShift = Bits.log2(os.pageBytes());
    pagesPerSlice = (int) (Region.SLICE_BYTES >>> pageShift);
    Bits.require(
        pagesPerSlice >= 1 && pagesPerSlice <= Integer.SIZE,
        "pages of " + os.pageBytes() + " bytes; 2 KiB to 64 KiB are supported");
  }

  /** Binary logarithm of the size of a page. */
  public int pageShift() {
    return pageShift;
  }

  /**
   * Takes {@code count} adjacent slices, 1 to 32, for a holder who uses their live map, which is
   * charged, or not; the first one's number, or {@link #NONE}. The holder charges their pages
   * before they are touched: see {@link #chargePages}.
   */
  public synchronized int acquireSlices(int count, boolean withLiveMap) {
    Superslab superslab = partlyFree.find(count);
    if (superslab == null) {
      int index = takeOne(Use.SLICES);
      if (index == NONE) {
        return NONE;
      }
      superslab = at(index);
      superslab.updateLongestRun();
      partlyFree.add(superslab);
    }
    int first = superslab.findRun(count);
    int mask = Bits.lowMask(count) << first;
    int liveMap = withLiveMap ? mask & ~superslab.liveDirty : 0;
    if (!account.tryCharge(Integer.bitCount(liveMap) * mapPageBytes)) {
      freeIfUnused(superslab);
      return NONE;
    }
    superslab.liveDirty |= liveMap;
    setUsed(superslab, superslab.used | mask);
    superslab.tellTaken();
    return superslab.firstSlice() + first;
  }

  /**
   * The charged pages of {@code count} slices of one superslab, together at most 64 pages, as a bit
   * set; all others read as zero.
   */
  public synchronized long chargedPages(int slice, int count) {
    return of(slice).chargedPages(placeOf(slice), count);
  }

  /**
   * Charges pages, a bit set that counts from the start of {@code slice}, of slices in use; false
   * at the limit, and nothing happened. Charged pages cost nothing.
   */
  public synchronized boolean chargePages(int slice, long pages) {
    Superslab superslab = of(slice);
    long missing = superslab.countMissing(placeOf(slice), pages);
    if (!account.tryCharge(missing << pageShift)) {
      return false;
    }
    refaults += superslab.charge(placeOf(slice), pages);
    return true;
  }

  /**
   * Notes that pages of slices in use, a bit set that counts from the start of {@code slice}, went
   * back to the system, and uncharges them.
   */
  public synchronized void unchargePages(int slice, long pages) {
    long gone = of(slice).uncharge(placeOf(slice), pages);
    account.uncharge(gone << pageShift);
  }

  /** Whether {@link #decommit} may succeed. */
  public boolean returnsMemory() {
    return os.returnsMemory();
  }

  /** Gives pages back to the system, to be uncharged afterwards; false if it refuses. */
  public boolean decommit(long address, long byteSize) {
    return os.decommit(address, byteSize);
  }

  /** Takes back slices of {@link #acquireSlices}. */
  public synchronized void releaseSlices(int slice, int count, long now) {
    Superslab superslab = of(slice);
    int first = placeOf(slice);
    for (int i = first; i < first + count; i++) {
      superslab.setContent(i, null);
    }
    superslab.dirtySince = now;
    setUsed(superslab, superslab.used & ~maskOf(slice, count));
    freeIfUnused(superslab);
  }

  /**
   * Takes one superslab as a whole, to be charged by the page; its number, or {@link #NONE}. What
   * is dirty in it goes over to the caller with its charge: see {@link #dirtyPages}.
   */
  public synchronized int acquireSuperslab() {
    return takeOne(Use.WHOLE);
  }

  private int takeOne(Use use) {
    int index = free.find(1, 1, frontier);
    if (!ensureFree(index, 1)) {
      return NONE;
    }
    free.remove(at(index), use);
    return index;
  }

  /** The pages of a whole superslab that may hold data of its former life. */
  public synchronized BitSet dirtyPages(int index) {
    return at(index).chargedPages();
  }

  /**
   * The pages of a whole superslab that were ever charged: a charge of one of them is a refault.
   */
  public synchronized BitSet touchedPages(int index) {
    return at(index).touchedPages();
  }

  /**
   * Takes {@code count} adjacent superslabs of which the first is a multiple of {@code alignment};
   * the first one's number, or {@link #NONE}. What is dirty in them goes over to the caller with
   * its charge: see {@link #dirtySlices}.
   */
  public synchronized int acquireSuperslabs(int count, int alignment) {
    int index = free.find(count, alignment, frontier);
    return takeWhole(index, count) ? index : NONE;
  }

  /**
   * Takes the superslabs {@code index} and following if they are all free; used to grow in place.
   */
  public synchronized boolean acquireSuperslabsAt(int index, int count) {
    return takeWhole(index, count);
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
    if (!account.tryCharge(chargeOf(slices & ~superslab.dirty))) {
      return false;
    }
    refaults += superslab.chargeWhole(slices);
    return true;
  }

  /**
   * Notes that slices of a whole superslab went back to the system, and uncharges those that were
   * dirty.
   */
  public synchronized void unchargeSlices(int index, int slices) {
    Superslab superslab = at(index);
    int gone = slices & superslab.dirty;
    superslab.clean(gone);
    account.uncharge(chargeOf(gone));
  }

  /**
   * Takes a whole superslab back. Charged are exactly the slices in {@code dirty}; all others read
   * as zero.
   */
  public synchronized void releaseSuperslab(int index, int dirty, long now) {
    refaults += at(index).chargeOnly(dirty);
    release(at(index), now);
  }

  /**
   * Takes a whole superslab back. Charged are exactly the pages in {@code dirty}, all others read
   * as zero; those in {@code touched} were charged at some time, and their holder counted refaults.
   */
  public synchronized void releaseSuperslab(int index, BitSet dirty, BitSet touched, long now) {
    at(index).setPages(dirty, touched);
    release(at(index), now);
  }

  /** Takes a whole superslab back of which nobody charged anything since it was acquired. */
  public synchronized void returnSuperslab(int index, long now) {
    release(at(index), now);
  }

  private void release(Superslab superslab, long now) {
    superslab.dirtySince = now;
    superslab.setContent(0, null);
    free.add(superslab);
  }

  /**
   * Free pages of a whole superslab that went back at once and were not due since; its holder's.
   */
  public BitSet returnedPages(int index) {
    return at(index).returned;
  }

  /** Gives the dirty superslab that is free for longest back; false if none is or can be. */
  public boolean returnOldest() {
    return os.returnsMemory() && purge.returnOldest();
  }

  /** The slices of a whole superslab of which all pages went back at once; forgets them. */
  public synchronized int takeReturned(int index) {
    int slices = at(index).returnedSlices();
    at(index).returned.clear();
    return slices;
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
    int first = placeOf(slice);
    for (int i = first; i < first + count; i++) {
      superslab.setContent(i, content);
    }
  }

  /**
   * Gives the physical memory of free slices back that became free at or before {@code before}
   * ({@link System#nanoTime}); how many bytes.
   */
  public long purge(long before) {
    return purge.step(before);
  }

  /** Whether any free slice is dirty. */
  public synchronized boolean hasDirtyFree() {
    for (int index = 0; index < frontier; index++) {
      Superslab superslab = at(index);
      if (superslab.use != Use.WHOLE
          && ((superslab.dirty | superslab.liveDirty) & ~superslab.used) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Bytes charged for superslabs that nobody uses. */
  public synchronized long freeSuperslabBytes() {
    return (long) free.chargedPages() << pageShift;
  }

  /** Bytes charged for slices that are free. */
  public synchronized long freeSliceBytes() {
    long bytes = 0;
    for (int index = 0; index < frontier; index++) {
      Superslab superslab = at(index);
      bytes += superslab.use == Use.WHOLE ? 0 : chargedBytes(superslab, ~superslab.used);
    }
    return bytes;
  }

  /** Bytes charged for the live map. */
  public synchronized long liveMapBytes() {
    long bytes = 0;
    for (int index = 0; index < frontier; index++) {
      bytes += Integer.bitCount(at(index).liveDirty) * mapPageBytes;
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
    return maps.smallBytes(frontier);
  }

  /** Pages that were charged again after they had gone back to the system. */
  public synchronized long refaults() {
    return refaults;
  }

  /**
   * A map of all slices that says what is charged for those of superslabs nobody has as a whole.
   */
  public synchronized SliceMap sliceMap() {
    SliceMap map = new SliceMap(frontier);
    for (int index = 0; index < frontier; index++) {
      at(index).noteCharged(map, pageShift);
    }
    return map;
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
      charged += superslab.use == Use.WHOLE ? 0 : chargedBytes(superslab, -1);
      charged += Integer.bitCount(superslab.liveDirty) * mapPageBytes;
      Bits.require(
          free.contains(index) == (superslab.use == Use.FREE),
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

  /**
   * Takes superslabs that are free as whole ones; false if one is in use or refused. In these a
   * slice is dirty altogether or not at all, so what is missing in the others is charged.
   */
  private boolean takeWhole(int index, int count) {
    if (!ensureFree(index, count)) {
      return false;
    }
    long missing = 0;
    for (int i = index; i < index + count; i++) {
      missing += chargeOf(at(i).dirty) - chargedBytes(at(i), -1);
    }
    if (!account.tryCharge(missing)) {
      return false;
    }
    for (int i = index; i < index + count; i++) {
      free.remove(at(i), Use.WHOLE);
      refaults += at(i).chargeWhole(at(i).dirty);
    }
    return true;
  }

  /** Commits superslabs up to the end of a run; false if one of the run is in use or refused. */
  private boolean ensureFree(int index, int count) {
    int end = index + count;
    return end <= capacity
        && free.firstTaken(index) >= Math.min(end, frontier)
        && (end <= frontier || commitUpTo(end));
  }

  private boolean commitUpTo(int end) {
    @Nullable Superslab[] grown = directory;
    if (end > grown.length) {
      grown = Arrays.copyOf(grown, Math.max(end, Math.min(capacity, grown.length * 2)));
    }
    for (int index = frontier; index < end; index++) {
      grown[index] = new Superslab(index, pagesPerSlice);
    }
    long from = Region.addressOf(frontier * Region.SLICES_PER_SUPERSLAB);
    long bytes = (long) (end - frontier) << Region.SUPERSLAB_SHIFT;
    if (!maps.commitUpTo(end) || !os.commit(from, bytes)) {
      return false;
    }
    directory = grown;
    for (int index = frontier; index < end; index++) {
      free.add(at(index));
    }
    frontier = end;
    return true;
  }

  // ---- slices

  /** The free superslab with charged pages that is free for longest; null if there is none. */
  @Nullable Superslab oldestDirty() {
    return free.oldestDirty();
  }

  /** Makes free slices used, so that nobody is given them while the system takes their pages. */
  void hide(Superslab superslab, int slices) {
    if (superslab.use == Use.FREE) {
      free.remove(superslab, Use.SLICES);
      superslab.updateLongestRun();
      partlyFree.add(superslab);
    }
    setUsed(superslab, superslab.used | slices);
  }

  /** Makes hidden slices free, {@code purged} of which went back to the system; their bytes. */
  long unhide(Superslab superslab, int slices, int purged) {
    long bytes = chargedBytes(superslab, purged);
    bytes += Integer.bitCount(superslab.liveDirty & purged) * mapPageBytes;
    superslab.clean(purged);
    superslab.liveDirty &= ~purged;
    setUsed(superslab, superslab.used & ~slices);
    freeIfUnused(superslab);
    account.uncharge(bytes);
    return bytes;
  }

  private void setUsed(Superslab superslab, int used) {
    partlyFree.remove(superslab);
    superslab.used = used;
    superslab.updateLongestRun();
    partlyFree.add(superslab);
  }

  private void freeIfUnused(Superslab superslab) {
    if (superslab.used == 0) {
      partlyFree.remove(superslab);
      free.add(superslab);
    }
  }

  // ---- charges

  private long chargedBytes(Superslab superslab, int slices) {
    return (long) superslab.countCharged(slices) << pageShift;
  }

  private static long chargeOf(int slices) {
    return (long) Integer.bitCount(slices) << Region.SLICE_SHIFT;
  }

  private static int maskOf(int slice, int count) {
    return Bits.lowMask(count) << placeOf(slice);
  }

  private static int placeOf(int slice) {
    return slice & (Region.SLICES_PER_SUPERSLAB - 1);
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
