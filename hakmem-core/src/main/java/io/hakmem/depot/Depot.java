// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import io.hakmem.slab.Owners;
import io.hakmem.slab.SlabPool;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Free blocks of one size class between the front caches and the slabs, in magazines by owner. */
public final class Depot {
  /*
   * Blocks that others freed, and those that overflowed a cache, wait here for the owner of their
   * slabs, who takes them at the next miss: a magazine at a time, with one lock and no touch of the
   * slabs, in the order in which they came. Small lots are collected in one magazine. How much may
   * wait is bounded, owner by owner: one who has stopped to allocate takes nobody's room. What is over
   * goes back to its slabs by the hands of whoever brought it, and so does what its owner did not ask
   * for in a while.
   *
   * Which thread may call: any. Magazines are Bonwick's and Adams's ("Magazines and Vmem", USENIX
   * 2001); that they wait for an owner, so that threads do not come to share cache lines, is ours.
   */

  private static final int MIN_OWNERS = 8;

  private final SlabPool slabs;
  private final Owners owners;
  private final int magazineCapacity;
  private final int maxFull;

  private @Nullable MagazineQueue[] byOwner = new @Nullable MagazineQueue[MIN_OWNERS];

  /** Used as a stack: the array that was emptied last is the nearest. */
  private final MagazineQueue empties = new MagazineQueue();

  /**
   * A depot above a slab pool for magazines of a capacity in blocks, of which at most {@code
   * maxFull} wait for one owner.
   */
  public Depot(SlabPool slabs, Owners owners, int magazineCapacity, int maxFull) {
    this.slabs = slabs;
    this.owners = owners;
    this.magazineCapacity = magazineCapacity;
    this.maxFull = maxFull;
  }

  /**
   * Writes up to {@code want} free blocks for an owner to {@code into}, from index {@code from} on;
   * how many. 0 means that no memory is to be had. A waiting magazine is taken whole, as far as
   * {@code room} allows; slabs are asked for {@code want}.
   */
  public int refill(int owner, long[] into, int from, int want, int room) {
    int got = takeFull(owner, into, from, room);
    return got > 0 ? got : slabs.fill(owner, into, from, want);
  }

  /**
   * Takes the blocks {@code blocks[from]} to {@code blocks[to - 1]}, if any, of one owner's slabs.
   */
  public void give(int owner, long[] blocks, int from, int to) {
    if (from < to && (!owners.isPresent(owner) || !giveFull(owner, blocks, from, to))) {
      slabs.giveBack(blocks, from, to);
    }
  }

  /** Takes blocks straight back into their slabs. */
  public void giveBack(long[] blocks, int from, int to) {
    slabs.giveBack(blocks, from, to);
  }

  /** Takes one block straight back into its slab. */
  public void giveBack(long address) {
    slabs.giveBack(address);
  }

  /** Start of the block of this class that contains an address; 0 if none does. */
  public long blockStart(long address) {
    return slabs.blockStart(address);
  }

  /**
   * Returns magazines to their slabs that their owners did not ask for since the last call; how
   * many blocks. Lets go of the empty ones that nobody needed as long.
   */
  public long returnSurplus() {
    long blocks = 0;
    for (int owner = 0; owner < ownerCount(); owner++) {
      blocks += returnSome(owner, surplusOf(owner));
    }
    dropEmpties();
    return blocks;
  }

  /** Returns all magazines to their slabs; how many blocks. */
  public long returnAll() {
    long blocks = 0;
    for (int owner = 0; owner < ownerCount(); owner++) {
      blocks += returnSome(owner, Integer.MAX_VALUE);
    }
    return blocks;
  }

  /** Blocks that wait here. */
  public synchronized long blockCount() {
    long blocks = 0;
    for (MagazineQueue mine : byOwner) {
      blocks += mine == null ? 0 : mine.blockCount();
    }
    return blocks;
  }

  /** Java heap that the depot takes, in bytes, without object headers. */
  public synchronized long heapBytes() {
    long magazines = empties.size();
    for (MagazineQueue mine : byOwner) {
      magazines += mine == null ? 0 : mine.size();
    }
    return magazines * magazineCapacity * Long.BYTES + (long) byOwner.length * Integer.BYTES;
  }

  /** Checks the counts; throws {@link IllegalStateException} with the values. */
  public synchronized void verify() {
    empties.verify(true);
    for (MagazineQueue mine : byOwner) {
      if (mine != null) {
        mine.verify(false);
      }
    }
  }

  synchronized int takeFull(int owner, long[] into, int from, int room) {
    MagazineQueue mine = owner < byOwner.length ? byOwner[owner] : null;
    Magazine magazine = mine == null ? null : mine.oldest();
    if (mine == null || magazine == null) {
      return 0;
    }
    int count = magazine.take(into, from, room);
    if (magazine.count() == 0) {
      mine.remove(magazine);
      empties.addOldest(magazine);
    }
    return count;
  }

  synchronized boolean giveFull(int owner, long[] blocks, int from, int to) {
    MagazineQueue mine = tryQueueOf(owner);
    Magazine magazine = mine == null ? null : mine.newest();
    if (mine != null && (magazine == null || magazine.room() < to - from)) {
      magazine = mine.size() >= maxFull ? null : tryTakeEmpty();
      if (magazine != null) {
        mine.add(magazine);
      }
    }
    if (magazine == null) {
      return false;
    }
    magazine.add(blocks, from, to);
    return true;
  }

  /** The place of an owner; null if the Java heap is full and it has none. */
  private @Nullable MagazineQueue tryQueueOf(int owner) {
    MagazineQueue mine = owner < byOwner.length ? byOwner[owner] : null;
    if (mine == null) {
      try {
        mine = new MagazineQueue();
        if (owner >= byOwner.length) {
          byOwner = Arrays.copyOf(byOwner, Math.max(owner + 1, byOwner.length * 2));
        }
        byOwner[owner] = mine;
      } catch (OutOfMemoryError noPlace) {
        return null;
      }
    }
    return mine;
  }

  /** An empty magazine; null if there is none and the Java heap is full. */
  private @Nullable Magazine tryTakeEmpty() {
    Magazine magazine = empties.oldest();
    if (magazine == null) {
      try {
        return new Magazine(magazineCapacity);
      } catch (OutOfMemoryError noMagazine) {
        return null;
      }
    }
    empties.remove(magazine);
    return magazine;
  }

  private synchronized void dropEmpties() {
    int surplus = empties.surplus();
    Magazine oldest;
    for (; surplus > 0 && (oldest = empties.oldest()) != null; surplus--) {
      empties.remove(oldest);
    }
  }

  private synchronized int ownerCount() {
    return byOwner.length;
  }

  private synchronized int surplusOf(int owner) {
    MagazineQueue mine = byOwner[owner];
    return mine == null ? 0 : mine.surplus();
  }

  /** Returns up to so many magazines of an owner, as long as there are any; how many blocks. */
  private long returnSome(int owner, int magazines) {
    long blocks = 0;
    long[] taken = new long[magazines == 0 ? 0 : magazineCapacity];
    int count = taken.length;
    for (int i = 0; i < magazines && count > 0; i++) {
      count = takeFull(owner, taken, 0, magazineCapacity);
      slabs.giveBack(taken, 0, count);
      blocks += count;
    }
    return blocks;
  }
}
