// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.SliceMap;
import io.hakmem.superslab.Superslabs;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All slabs of one size class: fills an array with free blocks, takes blocks back, a batch under
 * one lock.
 */
public final class SlabPool {
  /*
   * Every owner has two lists of slabs: those with ready blocks, and those that have holes only. A
   * refill takes ready blocks before it charges pages for holes, fills holes of the owner's slabs
   * before it adopts a slab that nobody owns, adopts before it takes fresh slices; so memory once
   * touched is used again first. Owners keep to slabs of their own because blocks of one slab share
   * cache lines; a slab changes hands only when its owner is gone or when memory is out.
   *
   * A block that comes home to a full slab puts it at the end of its owner's list: in front, every
   * refill would find a slab with one block.
   *
   * A purge step takes one slab after the other: under the lock it makes holes of the blocks on
   * pages that rested, without the lock it gives the pages back, under the lock again it uncharges
   * them. Refills meet neither the pages nor the system call. The lock is let go after a few slabs
   * without anything to do, and after the first one that something is done to: whoever waits for it
   * waits for the blocks of one slab at most, some 10 microseconds.
   *
   * Which thread may call: any. Every method takes the lock of the class.
   */

  /**
   * At most this much is made ready at a time, or two blocks, so that the working set decides which
   * pages are touched.
   */
  private static final int READY_BYTES = 4096;

  private static final int MIN_READY_BLOCKS = 2;

  /** Slabs that a purge step looks at, or an owner leaves behind, with one lock. */
  static final int SLABS_PER_LOCK = 16;

  /** Slab objects kept for the next slab, so that a steady program makes no garbage. */
  private static final int MAX_SPARE = 16;

  /** Fields of a slab, and its place in the list. */
  private static final int SLAB_FIELDS_BYTES = 112;

  private static final int MIN_OWNERS = 8;

  /** The slabs of one owner that have something to give. */
  private record OwnerSlabs(SlabList ready, SlabList holed) {
    OwnerSlabs() {
      this(new SlabList(), new SlabList());
    }
  }

  private final int sizeClass;
  private final SlabLayout layout;
  private final int mostAtOnce;
  private final Superslabs superslabs;
  private final Owners owners;

  private @Nullable OwnerSlabs[] byOwner = new @Nullable OwnerSlabs[MIN_OWNERS];
  private final ArrayList<Slab> slabs = new ArrayList<>();

  private @Nullable Slab spare;
  private int spareCount;
  private long duplicates;
  private volatile boolean resting;

  public SlabPool(int sizeClass, Superslabs superslabs, Owners owners) {
    this.sizeClass = sizeClass;
    this.superslabs = superslabs;
    this.owners = owners;
    layout = new SlabLayout(sizeClass, superslabs.pageShift());
    enter(PageMap.NO_OWNER); // a free must not have to
    mostAtOnce = Math.max(READY_BYTES / Math.max(layout.bytes, 1), MIN_READY_BLOCKS);
  }

  /**
   * Writes up to {@code want} free blocks to {@code into} from index {@code from} on, for a cache
   * with the given number; how many. The last one written has the lowest address, so that a stack
   * hands them out in ascending order. 0 means that no memory is to be had.
   */
  public synchronized int fill(int owner, long[] into, int from, int want) {
    int got;
    do {
      got = take(owner, into, from, want);
    } while (got == 0 && findMore(owner, want));
    reverse(into, from, from + got);
    return got;
  }

  /**
   * Takes the blocks {@code blocks[from]} to {@code blocks[to - 1]} back into their slabs. A block
   * that its slab already has, the trace of two frees that raced, is dropped and counted.
   */
  public synchronized void giveBack(long[] blocks, int from, int to) {
    Slab slab = null;
    for (int i = from; i < to; i++) {
      long address = blocks[i];
      if (slab == null || Long.compareUnsigned(address - slab.base, slabBytes()) >= 0) {
        slab = slabAt(address);
      }
      if (slab == null || !slab.giveBack(address)) {
        duplicates++;
        continue;
      }
      // With others ready before, it is in its place, unless it is empty now.
      if ((slab.readyCount == 1 || slab.isEmpty()) && afterReturn(slab)) {
        slab = null;
      }
    }
  }

  /** Takes one block back, as {@link #giveBack(long[], int, int)}. */
  public synchronized void giveBack(long address) {
    Slab slab = slabAt(address);
    if (slab == null || !slab.giveBack(address)) {
      duplicates++;
    } else {
      afterReturn(slab);
    }
  }

  /** Leaves the slabs of an owner who is gone to whoever needs them first. */
  public void orphan(int owner) {
    while (orphanSome(owner)) {}
  }

  private synchronized boolean orphanSome(int owner) {
    OwnerSlabs mine = owner < byOwner.length ? byOwner[owner] : null;
    for (int i = 0; i < SLABS_PER_LOCK && mine != null; i++) {
      SlabList list = mine.ready.isEmpty() ? mine.holed : mine.ready;
      Slab slab = list.first();
      if (slab == null) {
        return false;
      }
      list.remove(slab);
      slab.assign(PageMap.NO_OWNER);
      relist(slab);
    }
    return mine != null;
  }

  /** Start of the block that contains an address; 0 if none of this class does. */
  public synchronized long blockStart(long address) {
    Slab slab = slabAt(address);
    return slab == null ? 0 : slab.blockStart(address);
  }

  /** What the class holds at this instant. */
  public synchronized SlabPoolState state() {
    long used = 0;
    long ready = 0;
    for (Slab slab : slabs) {
      used += slab.used;
      ready += slab.readyCount;
    }
    return new SlabPoolState(slabs.size(), used + ready, ready, duplicates);
  }

  /** Notes which slices the slabs hold, and how much of them is in blocks outside. */
  public synchronized void noteSlices(SliceMap map) {
    SliceMap.Content content = layout.isTiny() ? SliceMap.Content.TINY : SliceMap.Content.POOL;
    int slices = SizeClasses.slices(sizeClass);
    for (Slab slab : slabs) {
      long left = (long) slab.used * layout.bytes;
      for (int i = 0; i < slices; i++) {
        long share = left / (slices - i);
        map.note(slab.slice + i, content, share);
        left -= share;
      }
    }
  }

  /** Bytes charged for the slabs. */
  public synchronized long chargedBytes() {
    long pages = 0;
    for (Slab slab : slabs) {
      pages += slab.countCharged();
    }
    return pages << layout.pageShift;
  }

  /** Java heap that the slabs take, in bytes, without object headers. */
  public synchronized long heapBytes() {
    long perSlab = SLAB_FIELDS_BYTES + (long) layout.blocks / Byte.SIZE;
    return (slabs.size() + spareCount) * perSlab + (long) byOwner.length * Integer.BYTES;
  }

  /**
   * Blocks of the class that are live, by the live map; exact while no thread allocates or frees.
   */
  public synchronized long countLive() {
    long live = 0;
    for (Slab slab : slabs) {
      live += slab.countLive();
    }
    return live;
  }

  /** Checks every slab and the lists; throws {@link IllegalStateException} with the values. */
  public synchronized void verify() {
    int slices = SizeClasses.slices(sizeClass);
    for (Slab slab : slabs) {
      slab.verify(superslabs.chargedPages(slab.slice, slices));
      Bits.require(slab.list == listFor(slab), slab + ": is in a wrong list or in none");
      for (int slice = slab.slice; slice < slab.slice + slices; slice++) {
        Bits.require(superslabs.content(slice) == slab, slab + ": slice " + slice + " is not its");
        Bits.require(PageMap.kindOfSlice(slice) == sizeClass, slab + ": page map disagrees");
      }
    }
  }

  // ---- purge

  /**
   * One step of the purge clock: slabs that were empty and pages that had no used block since the
   * step before the last are given back, with {@code now} all that are at this moment. How many
   * bytes went to the system. One thread at a time.
   */
  public long purge(boolean now) {
    PurgeStep step = new PurgeStep(now);
    while (purgeSome(step)) {}
    resting = step.resting;
    return step.bytes;
  }

  /** As much of a step as one may hold the lock for; false at the end. */
  boolean purgeSome(PurgeStep step) {
    Slab hidden = hideSome(step);
    step.bytes += hidden == null ? 0 : unhide(hidden, decommit(hidden));
    return step.left > 0;
  }

  private synchronized @Nullable Slab hideSome(PurgeStep step) {
    step.left = Math.min(step.left, slabs.size());
    int end = Math.max(step.left - SLABS_PER_LOCK, 0);
    Slab hidden = null;
    boolean retired = false;
    while (step.left > end && !retired && hidden == null) {
      Slab slab = slabs.get(--step.left);
      retired = retireRested(slab, step.now);
      if (!retired) {
        hidden = hideRested(slab, step.now) ? slab : null;
        step.resting |= slab.isResting();
      }
    }
    return hidden;
  }

  /** Whether something rested at the last purge step that may be due at one of the next. */
  public boolean isResting() {
    return resting;
  }

  private boolean retireRested(Slab slab, boolean now) {
    return (slab.restedEmpty() || (now && slab.isEmpty())) && retire(slab);
  }

  private boolean hideRested(Slab slab, boolean now) {
    long pages = superslabs.returnsMemory() ? slab.restedPages(now) : 0;
    if (pages == 0) {
      return false;
    }
    boolean sound = !slab.reclaimLive();
    if (sound) {
      slab.hide(pages);
    } else {
      duplicates++;
    }
    relist(slab);
    return sound;
  }

  /** Gives the hidden pages of a slab back; those that the system took. */
  private long decommit(Slab slab) {
    long gone = 0;
    for (long left = slab.purging(); left != 0; ) {
      int from = Long.numberOfTrailingZeros(left);
      int count = Long.numberOfTrailingZeros(~(left >>> from));
      long run = Bits.rangeMask(from, from + count);
      long address = slab.base + ((long) from << layout.pageShift);
      gone |= superslabs.decommit(address, (long) count << layout.pageShift) ? run : 0;
      left &= ~run;
    }
    return gone;
  }

  private synchronized long unhide(Slab slab, long gone) {
    superslabs.unchargePages(slab.slice, gone);
    slab.unhide(gone);
    afterReturn(slab);
    return (long) Long.bitCount(gone) << layout.pageShift;
  }

  // ---- refill

  // One call of each method that reads or writes off heap: C2 inlines them all into fill, and when
  // that has become too large gives up in the middle of an access.

  private int take(int owner, long[] into, int from, int want) {
    int enough = Math.min(want, mostAtOnce);
    int got = 0;
    int most = want;
    do {
      got += takeReady(owner, into, from + got, most - got);
      // Half a batch of ready blocks will do; for less, pages are charged, but just enough.
      most = enough;
    } while (got < (enough + 1) / 2 && makeReady(slabsOf(owner).holed, enough - got));
    return got;
  }

  /** Makes a slab with ready blocks the owner's: nobody's, a new one, or somebody else's. */
  private boolean findMore(int owner, int want) {
    boolean found = adopt(owner, PageMap.NO_OWNER) || newSlab(owner, want);
    for (int other = 0; !found && other < byOwner.length; other++) {
      found = adopt(owner, other);
    }
    return found;
  }

  private int takeReady(int owner, long[] into, int from, int want) {
    SlabList ready = slabsOf(owner).ready;
    int got = 0;
    for (Slab slab = ready.fullest(); slab != null && got < want; slab = ready.fullest()) {
      got += slab.takeReady(into, from + got, want - got);
      if (slab.readyCount > 0) {
        break;
      }
      relist(slab);
    }
    return got;
  }

  /** Charges pages for holes of one of some slabs; false if there is none or at the limit. */
  private boolean makeReady(SlabList holed, int want) {
    Slab slab = holed.fullest();
    if (slab == null) {
      return false;
    }
    boolean done = slab.makeReady(want, superslabs);
    relist(slab);
    return done;
  }

  /** Gives a slab of {@code from} with ready blocks to {@code owner}; false if there is none. */
  private boolean adopt(int owner, int from) {
    OwnerSlabs theirs = from < byOwner.length ? byOwner[from] : null;
    if (theirs == null
        || owner == from
        || (theirs.ready.isEmpty() && !makeReady(theirs.holed, 1))) {
      return false;
    }
    Slab slab = theirs.ready.first();
    if (slab == null) {
      return false;
    }
    theirs.ready.remove(slab);
    slab.assign(owner);
    relist(slab);
    return true;
  }

  /** Takes slices for a slab and makes some of its blocks ready; false if either is refused. */
  private boolean newSlab(int owner, int want) {
    int count = SizeClasses.slices(sizeClass);
    // The Java heap may be full; so its part comes first.
    slabs.ensureCapacity(slabs.size() + 1);
    Slab slab = spare == null ? new Slab(layout) : spare;
    int slice = superslabs.acquireSlices(count, layout.isTiny());
    if (slice == Superslabs.NONE) {
      return false;
    }
    if (slab == spare) {
      spare = slab.next;
      slab.next = null;
      spareCount--;
    }
    slab.reset(slice, owner, superslabs.chargedPages(slice, count));
    slab.position = slabs.size();
    slabs.add(slab);
    superslabs.setContent(slice, count, slab);
    slab.assign(owner);
    boolean done = slab.makeReady(Math.min(want, mostAtOnce), superslabs);
    relist(slab);
    if (!done) {
      retire(slab);
    }
    return done;
  }

  // ---- return

  /** Puts a slab that got a block back where it belongs; whether it is gone. */
  private boolean afterReturn(Slab slab) {
    if (slab.isEmpty() && !isKept(slab) && retire(slab)) {
      return true;
    }
    if (slab.list == null && slab.owner != PageMap.NO_OWNER && !owners.isPresent(slab.owner)) {
      slab.assign(PageMap.NO_OWNER);
    }
    relist(slab);
    return false;
  }

  /** Whether an empty slab stays: if it is the only one of its owner with room. */
  private boolean isKept(Slab slab) {
    OwnerSlabs mine = slabsOf(slab.owner);
    return layout.keepsEmpty && !mine.ready.hasOther(slab) && !mine.holed.hasOther(slab);
  }

  /** Gives the slices of an empty slab back; false if a block or a page of it is in use. */
  private boolean retire(Slab slab) {
    if (slab.reclaimLive()) {
      duplicates++;
      relist(slab);
      return false;
    }
    if (slab.isPurging()) {
      return false;
    }
    if (slab.list != null) {
      slab.list.remove(slab);
    }
    Slab last = slabs.removeLast();
    if (last != slab) {
      slabs.set(slab.position, last);
      last.position = slab.position;
    }
    int count = SizeClasses.slices(sizeClass);
    slab.clearLiveMap();
    PageMap.forget(slab.slice, count);
    superslabs.releaseSlices(slab.slice, count, System.nanoTime());
    if (spareCount < MAX_SPARE) {
      slab.next = spare;
      spare = slab;
      spareCount++;
    }
    return true;
  }

  // ---- lists

  /** Puts a slab into the list that it belongs into now. */
  private void relist(Slab slab) {
    SlabList before = slab.list;
    SlabList after = listFor(slab);
    if (before == after) {
      return;
    }
    if (before != null) {
      before.remove(slab);
    }
    if (after != null) {
      after.add(slab);
    }
  }

  private @Nullable SlabList listFor(Slab slab) {
    OwnerSlabs lists = slabsOf(slab.owner);
    return slab.readyCount > 0 ? lists.ready : slab.hasHoles() ? lists.holed : null;
  }

  private OwnerSlabs slabsOf(int owner) {
    OwnerSlabs lists = owner < byOwner.length ? byOwner[owner] : null;
    return lists != null ? lists : enter(owner);
  }

  private OwnerSlabs enter(int owner) {
    if (owner >= byOwner.length) {
      byOwner = Arrays.copyOf(byOwner, Math.max(owner + 1, byOwner.length * 2));
    }
    OwnerSlabs lists = new OwnerSlabs();
    byOwner[owner] = lists;
    return lists;
  }

  private @Nullable Slab slabAt(long address) {
    if (!Region.contains(address)) {
      return null;
    }
    return superslabs.content(Region.sliceOf(address)) instanceof Slab slab && slab.layout == layout
        ? slab
        : null;
  }

  private long slabBytes() {
    return SizeClasses.slices(sizeClass) * Region.SLICE_BYTES;
  }

  private static void reverse(long[] array, int from, int to) {
    for (int i = from, j = to - 1; i < j; i++, j--) {
      long swap = array[i];
      array[i] = array[j];
      array[j] = swap;
    }
  }
}
