// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.Superslabs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All slabs of one size class: fills an array with free blocks, takes blocks back, a batch under
 * one lock.
 */
public final class SlabPool {
  /*
   * Every owner has a list of slabs with free blocks and one slab that it carves. A refill takes
   * freed blocks before it carves, carves before it adopts a slab that nobody owns, adopts before it
   * takes fresh slices; so memory once touched is used again first. Owners keep to slabs of their own
   * because blocks of one slab share cache lines; a slab changes hands only when its owner is gone
   * or when memory is out.
   *
   * A block that comes home to a full slab puts it at the end of its owner's list: in front, every
   * refill would find a slab with one block.
   *
   * Which thread may call: any. Every method takes the lock of the class.
   */

  /**
   * At most this much is carved at a time, so that the working set decides which pages are touched.
   */
  private static final int CARVE_BYTES = 4096;

  private static final int MIN_CARVE_BLOCKS = 2;

  /** Slabs looked at for the fullest. */
  private static final int CANDIDATES = 4;

  /** Slab objects kept for the next slab, so that a steady program makes no garbage. */
  private static final int MAX_SPARE = 16;

  /** Fields of a slab, and its place in the list. */
  private static final int SLAB_FIELDS_BYTES = 80;

  private final int sizeClass;
  private final Superslabs superslabs;
  private final Owners owners;

  private @Nullable Slab[] heads = new @Nullable Slab[8];
  private @Nullable Slab[] tails = new @Nullable Slab[8];
  private @Nullable Slab[] carving = new @Nullable Slab[8];
  private final List<Slab> slabs = new ArrayList<>();

  private @Nullable Slab spare;
  private int spareCount;
  private long duplicates;

  public SlabPool(int sizeClass, Superslabs superslabs, Owners owners) {
    this.sizeClass = sizeClass;
    this.superslabs = superslabs;
    this.owners = owners;
  }

  /**
   * Writes up to {@code want} free blocks to {@code into} from index {@code from} on, for a cache
   * with the given number; how many. The last one written has the lowest address, so that a stack
   * hands them out in ascending order. 0 means that no memory is to be had.
   */
  public synchronized int fill(int owner, long[] into, int from, int want) {
    ensureOwner(owner);
    int got = takeOrCarve(owner, into, from, want);
    if (got == 0 && (adopt(owner, PageMap.NO_OWNER) || newSlab(owner))) {
      got = takeOrCarve(owner, into, from, want);
    }
    for (int other = 0; got == 0 && other < heads.length; other++) {
      if (adopt(owner, other)) {
        got = takeOrCarve(owner, into, from, want);
      }
    }
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
      if (afterReturn(slab)) {
        slab = null;
      }
    }
  }

  /** Leaves the slabs of an owner who is gone to whoever needs them first. */
  public synchronized void orphan(int owner) {
    ensureOwner(owner);
    Slab carved = carving[owner];
    carving[owner] = null;
    if (carved != null && !carved.listed) {
      list(carved);
    }
    for (Slab slab = heads[owner]; slab != null; slab = heads[owner]) {
      unlist(slab);
      slab.assign(PageMap.NO_OWNER);
      list(slab);
    }
  }

  /** Retires the empty slabs that were kept for the next refill; how many. */
  public synchronized int retireEmpty() {
    int before = slabs.size();
    for (int i = slabs.size() - 1; i >= 0; i--) {
      Slab slab = slabs.get(i);
      if (slab.isEmpty()) {
        retire(slab);
      }
    }
    return before - slabs.size();
  }

  /** Start of the block that contains an address; 0 if none of this class does. */
  public synchronized long blockStart(long address) {
    Slab slab = slabAt(address);
    if (slab == null) {
      return 0;
    }
    int block = SizeClasses.blockIndex(sizeClass, address - slab.base);
    return block < slab.carved ? slab.base + (long) block * SizeClasses.bytes(sizeClass) : 0;
  }

  /** What the class holds at this instant. */
  public synchronized SlabPoolState state() {
    long carved = 0;
    long free = 0;
    for (Slab slab : slabs) {
      carved += slab.carved;
      free += slab.freeCount;
    }
    return new SlabPoolState(slabs.size(), carved, free, duplicates);
  }

  /** Bytes charged for the slabs. */
  public synchronized long chargedBytes() {
    return slabs.size() * slabBytes();
  }

  /** Java heap that the slabs take, in bytes, without object headers. */
  public synchronized long heapBytes() {
    long perSlab = SLAB_FIELDS_BYTES + (long) SizeClasses.blocks(sizeClass) / Byte.SIZE;
    return (slabs.size() + spareCount) * perSlab + 3L * heads.length * Integer.BYTES;
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
    for (Slab slab : slabs) {
      slab.verify();
      boolean carves = slab == carving[PageMap.NO_OWNER];
      boolean room =
          slab.freeCount > 0 || (slab.owner == PageMap.NO_OWNER && slab.canCarve() && !carves);
      Bits.require(slab.listed || !room, slab + ": has room but is in no list");
      for (int i = 0; i < SizeClasses.slices(sizeClass); i++) {
        int slice = slab.slice + i;
        Bits.require(superslabs.content(slice) == slab, slab + ": slice " + slice + " is not its");
        Bits.require(PageMap.kindOfSlice(slice) == sizeClass, slab + ": page map disagrees");
      }
    }
  }

  // ---- refill

  private int takeOrCarve(int owner, long[] into, int from, int want) {
    int got = takeFrom(owner, into, from, want);
    return got > 0 ? got : carveFor(owner, into, from, want);
  }

  private int takeFrom(int owner, long[] into, int from, int want) {
    int got = 0;
    for (Slab slab = fullest(owner); slab != null && got < want; slab = fullest(owner)) {
      got += slab.takeFree(into, from + got, want - got);
      if (slab.freeCount > 0) {
        break;
      }
      unlist(slab);
      if (slab.canCarve() && carving[owner] == null) {
        carving[owner] = slab;
      }
    }
    return got;
  }

  /** Of the first few slabs that an owner has with free blocks, the one with the fewest. */
  private @Nullable Slab fullest(int owner) {
    // Emptier slabs get the time to become empty: less memory on the traces at no cost in time.
    Slab best = heads[owner];
    Slab next = best;
    for (int i = 1; i < CANDIDATES && next != null; i++) {
      next = next.next;
      if (next != null && best != null && next.freeCount < best.freeCount) {
        best = next;
      }
    }
    return best;
  }

  private int carveFor(int owner, long[] into, int from, int want) {
    Slab slab = carving[owner];
    if (slab == null) {
      return 0;
    }
    int most = Math.max(CARVE_BYTES / SizeClasses.bytes(sizeClass), MIN_CARVE_BLOCKS);
    int got = slab.carve(into, from, Math.min(want, most));
    if (!slab.canCarve()) {
      carving[owner] = null;
    }
    return got;
  }

  /** Gives the first listed slab of {@code from} to {@code owner}. */
  private boolean adopt(int owner, int from) {
    Slab slab = owner == from ? null : heads[from];
    if (slab == null) {
      return false;
    }
    unlist(slab);
    if (carving[from] == slab) {
      carving[from] = null;
    }
    slab.assign(owner);
    if (slab.freeCount > 0) {
      list(slab);
    } else {
      carving[owner] = slab;
    }
    return true;
  }

  private boolean newSlab(int owner) {
    int count = SizeClasses.slices(sizeClass);
    int slice = superslabs.acquireSlices(count, sizeClass <= SizeClasses.TINY_CLASSES);
    if (slice == Superslabs.NONE) {
      return false;
    }
    boolean done = false;
    try {
      Slab slab = takeSpare();
      slab.reset(slice, owner, superslabs.acquiredClean(slice, count));
      slab.position = slabs.size();
      slabs.add(slab);
      superslabs.setContent(slice, count, slab);
      slab.assign(owner);
      carving[owner] = slab;
      done = true;
    } finally {
      if (!done) {
        superslabs.releaseSlices(slice, count, System.nanoTime());
      }
    }
    return true;
  }

  private Slab takeSpare() {
    Slab slab = spare;
    if (slab == null) {
      return new Slab(sizeClass);
    }
    spare = slab.next;
    slab.next = null;
    spareCount--;
    return slab;
  }

  // ---- return

  /** Puts a slab that got a block back where it belongs; whether it is gone. */
  private boolean afterReturn(Slab slab) {
    if (slab.isEmpty() && hasOtherRoom(slab) && retire(slab)) {
      return true;
    }
    if (!slab.listed) {
      if (slab.owner != PageMap.NO_OWNER && !owners.isPresent(slab.owner)) {
        if (carving[slab.owner] == slab) {
          carving[slab.owner] = null;
        }
        slab.assign(PageMap.NO_OWNER);
      }
      list(slab);
    }
    return false;
  }

  /** Whether its owner has another slab with room: then an empty one is kept no longer. */
  private boolean hasOtherRoom(Slab slab) {
    Slab carved = carving[slab.owner];
    Slab head = heads[slab.owner];
    return (carved != null && carved != slab)
        || (head != null && (head != slab || slab.next != null));
  }

  /** Gives the slices of an empty slab back; false if a block of it turned out to be live. */
  private boolean retire(Slab slab) {
    if (slab.reclaimLive()) {
      duplicates++;
      return false;
    }
    if (slab.listed) {
      unlist(slab);
    }
    if (carving[slab.owner] == slab) {
      carving[slab.owner] = null;
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

  private void list(Slab slab) {
    Slab tail = tails[slab.owner];
    slab.previous = tail;
    slab.next = null;
    if (tail == null) {
      heads[slab.owner] = slab;
    } else {
      tail.next = slab;
    }
    tails[slab.owner] = slab;
    slab.listed = true;
  }

  private void unlist(Slab slab) {
    Slab next = slab.next;
    Slab previous = slab.previous;
    if (previous == null) {
      heads[slab.owner] = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      tails[slab.owner] = previous;
    } else {
      next.previous = previous;
    }
    slab.next = null;
    slab.previous = null;
    slab.listed = false;
  }

  private void ensureOwner(int owner) {
    if (owner >= heads.length) {
      int length = Math.max(owner + 1, heads.length * 2);
      @Nullable Slab[] newHeads = Arrays.copyOf(heads, length);
      @Nullable Slab[] newTails = Arrays.copyOf(tails, length);
      carving = Arrays.copyOf(carving, length);
      heads = newHeads;
      tails = newTails;
    }
  }

  private @Nullable Slab slabAt(long address) {
    if (!Region.contains(address)) {
      return null;
    }
    return superslabs.content(Region.sliceOf(address)) instanceof Slab slab
            && slab.sizeClass == sizeClass
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
