// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import io.hakmem.memory.Bits;
import io.hakmem.slab.Owners;
import io.hakmem.slab.SlabPool;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Free blocks of one size class between the front caches and the slabs, in magazines by owner. */
public final class Depot {
  /*
   * Blocks that others freed, and those that overflowed a cache, wait here for the owner of their
   * slabs, who takes them at the next miss: a magazine at a time, with one lock and no touch of the
   * slabs. How much may wait is bounded; what is over goes back to its slabs by the hands of whoever
   * brought it, and so does what nobody asked for in a while.
   *
   * Which thread may call: any. Magazines are Bonwick's and Adams's ("Magazines and Vmem", USENIX
   * 2001); that they wait for an owner, so that threads do not come to share cache lines, is ours.
   */

  private final SlabPool slabs;
  private final Owners owners;
  private final int magazineCapacity;
  private final int maxFull;

  private @Nullable Magazine[] fullByOwner = new @Nullable Magazine[8];
  private int full;
  private @Nullable Magazine empties;
  private int emptyCount;

  /** Least number of full magazines since the last {@link #returnSurplus}. */
  private int lowWater;

  /**
   * A depot above a slab pool for magazines of a capacity in blocks, of which at most {@code
   * maxFull} wait.
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

  /** Takes the blocks {@code blocks[from]} to {@code blocks[to - 1]} of one owner's slabs. */
  public void give(int owner, long[] blocks, int from, int to) {
    if (!owners.isPresent(owner) || !giveFull(owner, blocks, from, to)) {
      slabs.giveBack(blocks, from, to);
    }
  }

  /** Takes blocks straight back into their slabs. */
  public void giveBack(long[] blocks, int from, int to) {
    slabs.giveBack(blocks, from, to);
  }

  /** Start of the block of this class that contains an address; 0 if none does. */
  public long blockStart(long address) {
    return slabs.blockStart(address);
  }

  /**
   * Returns magazines to their slabs that nobody asked for since the last call; how many blocks.
   */
  public long returnSurplus() {
    int surplus = surplus();
    long blocks = 0;
    for (int i = 0; i < surplus; i++) {
      blocks += returnOne();
    }
    return blocks;
  }

  /** Returns all magazines to their slabs; how many blocks. */
  public long returnAll() {
    long blocks = 0;
    for (int returned = returnOne(); returned > 0; returned = returnOne()) {
      blocks += returned;
    }
    return blocks;
  }

  /** Blocks that wait here. */
  public synchronized long blockCount() {
    long blocks = 0;
    for (Magazine head : fullByOwner) {
      for (Magazine magazine = head; magazine != null; magazine = magazine.next) {
        blocks += magazine.count;
      }
    }
    return blocks;
  }

  /** Java heap that the depot takes, in bytes, without object headers. */
  public synchronized long heapBytes() {
    return (long) (full + emptyCount) * magazineCapacity * Long.BYTES
        + (long) fullByOwner.length * Integer.BYTES;
  }

  /** Checks the counts; throws {@link IllegalStateException} with the values. */
  public synchronized void verify() {
    int found = 0;
    for (Magazine head : fullByOwner) {
      for (Magazine magazine = head; magazine != null; magazine = magazine.next) {
        found++;
        Bits.require(
            magazine.count > 0 && magazine.count <= magazineCapacity,
            "a waiting magazine holds " + magazine.count + " blocks of " + magazineCapacity);
      }
    }
    Bits.require(found == full, "the depot counts " + full + " full magazines but has " + found);
    Bits.require(lowWater <= full, "low-water mark " + lowWater + " above " + full);
  }

  synchronized int takeFull(int owner, long[] into, int from, int room) {
    Magazine magazine = owner < fullByOwner.length ? fullByOwner[owner] : null;
    if (magazine == null) {
      return 0;
    }
    int count = Math.min(magazine.count, room);
    magazine.count -= count;
    System.arraycopy(magazine.blocks, magazine.count, into, from, count);
    if (magazine.count == 0) {
      retireHead(owner, magazine);
    }
    return count;
  }

  synchronized boolean giveFull(int owner, long[] blocks, int from, int to) {
    if (full >= maxFull) {
      return false;
    }
    if (owner >= fullByOwner.length) {
      fullByOwner = Arrays.copyOf(fullByOwner, Math.max(owner + 1, fullByOwner.length * 2));
    }
    Magazine magazine = takeEmpty();
    magazine.count = to - from;
    System.arraycopy(blocks, from, magazine.blocks, 0, magazine.count);
    magazine.next = fullByOwner[owner];
    fullByOwner[owner] = magazine;
    full++;
    return true;
  }

  private Magazine takeEmpty() {
    Magazine magazine = empties;
    if (magazine == null) {
      return new Magazine(magazineCapacity);
    }
    empties = magazine.next;
    emptyCount--;
    return magazine;
  }

  private void retireHead(int owner, Magazine magazine) {
    fullByOwner[owner] = magazine.next;
    full--;
    lowWater = Math.min(lowWater, full);
    magazine.next = empties;
    empties = magazine;
    emptyCount++;
  }

  private synchronized int surplus() {
    int surplus = lowWater;
    lowWater = full;
    return surplus;
  }

  /** Returns any one magazine; how many blocks. */
  private int returnOne() {
    long[] blocks = new long[magazineCapacity];
    int count = takeAny(blocks);
    slabs.giveBack(blocks, 0, count);
    return count;
  }

  private synchronized int takeAny(long[] into) {
    for (int owner = 0; owner < fullByOwner.length; owner++) {
      int count = takeFull(owner, into, 0, magazineCapacity);
      if (count > 0) {
        return count;
      }
    }
    return 0;
  }
}
