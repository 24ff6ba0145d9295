// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import io.hakmem.memory.Bits;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PageMover;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.SliceMap;
import io.hakmem.superslab.Superslabs;
import org.jspecify.annotations.Nullable;

/**
 * Huge blocks: whole superslabs of address space, with physical memory page by page as it is
 * touched.
 */
final class HugeBlocks {
  /*
   *   address                                        address + byteSize
   *   |                                              |
   *   v                                              v
   *   +------ superslab ------+------ superslab ---- | --+
   *   | dirty slices, charged                        |:::| clean, not charged, never touched
   *   +-----------------------+----------------------+---+
   *
   * The block's size is rounded up to pages, what is charged to slices. A block that cannot grow where
   * it is moves by its pages.
   *
   * Every superslab of a block keeps the block's object as its content; no other object is needed, so
   * that a block can be freed, resized and moved while the Java heap is full.
   *
   * Which thread may call: any. The lock guards the blocks' fields and nothing else: whoever claimed a
   * block, or acquired superslabs that are in no block yet, has them alone.
   */

  private static final int SLICES = Region.SLICES_PER_SUPERSLAB;

  /** Superslabs left free behind a block that moved: 1 GiB. */
  private static final int MAX_ROOM = 1 << (30 - Region.SUPERSLAB_SHIFT);

  /** A live block. */
  private static final class Block {
    int index;
    long bytes;

    /** Its superslabs change: to everybody else it is not there. */
    boolean claimed = true;

    /** Only the arena or heap that holds it may free it. */
    boolean sealed;

    Block(long bytes) {
      this.bytes = bytes;
    }

    long address() {
      return addressOf(index);
    }
  }

  private final OsMemory os;
  private final Superslabs superslabs;
  private final PageMover mover;
  private final KeptMemory kept;
  private final long pageBytes;

  HugeBlocks(OsMemory os, Superslabs superslabs, PageMover mover, KeptMemory kept) {
    this.os = os;
    this.superslabs = superslabs;
    this.mover = mover;
    this.kept = kept;
    pageBytes = os.pageBytes();
  }

  long allocate(long byteSize, long alignment, boolean zeroed) {
    long bytes = Bits.alignUp(byteSize, pageBytes);
    int count = superslabCount(bytes);
    int step = (int) Math.max(1, alignment >>> Region.SUPERSLAB_SHIFT);
    Block block = new Block(bytes); // first, for it may fail
    int index = superslabs.acquireSuperslabs(count, step);
    if (index == Superslabs.NONE) {
      return Memory.NULL;
    }
    if (zeroed) {
      fillDirty(index, bytes);
    }
    if (!charge(index, 0, bytes)) {
      release(index, count);
      return Memory.NULL;
    }
    cover(block, index, count);
    enter(block, index, bytes);
    return addressOf(index);
  }

  /** Why an address that starts no live block, or a sealed one, cannot be freed. */
  synchronized int explain(long address) {
    Block block = at(address);
    if (block == null || Long.compareUnsigned(address - block.address(), block.bytes) >= 0) {
      return FreeResult.NOT_ALLOCATED;
    }
    return block.sealed ? FreeResult.FOREIGN : FreeResult.INTERIOR;
  }

  /** Start of the block that contains an address; {@link Memory#NULL} if none does. */
  synchronized long startOf(long address) {
    Block block = at(address);
    return block == null || address - block.address() >= block.bytes
        ? Memory.NULL
        : block.address();
  }

  int free(long address, long byteSize) {
    Block block;
    synchronized (this) {
      block = startingAt(address);
      if (block == null || block.sealed) {
        return explain(address);
      }
      if (byteSize >= 0 && Bits.alignUp(byteSize, pageBytes) != block.bytes) {
        return FreeResult.WRONG_SIZE;
      }
      block.claimed = true;
    }
    leave(block.index, superslabCount(block.bytes));
    return FreeResult.FREED;
  }

  /** Changes a block's size in place; false if what follows is taken or the limit is reached. */
  boolean resize(long address, long byteSize) {
    Block block = claim(address);
    if (block == null) {
      return false;
    }
    long after = Bits.alignUp(byteSize, pageBytes);
    boolean done = false;
    try {
      done = after <= block.bytes ? shrink(block, after) : grow(block, after);
    } finally {
      enter(block, block.index, done ? after : block.bytes);
    }
    return done;
  }

  private boolean shrink(Block block, long after) {
    int count = superslabCount(after);
    leave(block.index + count, superslabCount(block.bytes) - count);
    trim(block.index, count, after);
    return true;
  }

  private boolean grow(Block block, long after) {
    int end = block.index + superslabCount(block.bytes);
    int more = superslabCount(after) - superslabCount(block.bytes);
    if (more > 0 && !superslabs.acquireSuperslabsAt(end, more)) {
      return false;
    }
    if (!charge(block.index, block.bytes, after)) {
      release(end, more);
      return false;
    }
    cover(block, end, more);
    return true;
  }

  /**
   * Grows a block by moving its pages; its new address, or {@link Memory#NULL} if there is no room
   * or the limit is reached.
   */
  long move(long address, long byteSize) {
    Block block = claim(address);
    if (block == null) {
      return Memory.NULL;
    }
    long before = block.bytes;
    long after = Bits.alignUp(byteSize, pageBytes);
    int from = block.index;
    int to = Superslabs.NONE;
    try {
      to = after < before ? Superslabs.NONE : moveTo(block, after);
    } finally {
      boolean moved = to != Superslabs.NONE;
      enter(block, moved ? to : from, moved ? after : before);
    }
    if (to == Superslabs.NONE) {
      return Memory.NULL;
    }
    leave(from, superslabCount(before));
    return addressOf(to);
  }

  /** Moves a block's pages to superslabs charged for its new size; the first one's number. */
  private int moveTo(Block block, long after) {
    int from = block.index;
    long before = block.bytes;
    int count = superslabCount(before);
    int newCount = superslabCount(after);
    int to = acquireWithRoom(newCount);
    if (to == Superslabs.NONE) {
      return Superslabs.NONE;
    }
    // What the last superslab grows by is charged where it is: the charge moves with the pages.
    long here = Math.min(after, (long) count << Region.SUPERSLAB_SHIFT);
    int last = from + count - 1;
    int grown = neededSlices(count - 1, before, here) & ~superslabs.dirtySlices(last);
    boolean charged = false;
    boolean moved = false;
    try {
      charged = superslabs.chargeSlices(last, grown);
      moved = charged && charge(to, here, after) && mover.move(from, to, count);
    } finally {
      if (!moved) {
        superslabs.unchargeSlices(last, charged ? grown : 0);
        release(to, newCount);
      }
    }
    if (!moved) {
      return Superslabs.NONE;
    }
    cover(block, to, newCount);
    return to;
  }

  /**
   * Takes superslabs after which as many again are free, up to a bound, so that a block that grows
   * on does not move at every step; without such room where there is none.
   */
  private int acquireWithRoom(int count) {
    int room = Math.min(count, MAX_ROOM);
    int index = superslabs.acquireSuperslabs(count + room, 1);
    if (index == Superslabs.NONE) {
      return superslabs.acquireSuperslabs(count, 1);
    }
    release(index + count, room);
    return index;
  }

  /**
   * Takes a live block out of everybody's reach while its superslabs change; null if there is none.
   */
  private synchronized @Nullable Block claim(long address) {
    Block block = startingAt(address);
    if (block != null) {
      block.claimed = true;
    }
    return block;
  }

  /** Makes known that superslabs belong to a block. */
  private synchronized void cover(Block block, int index, int count) {
    PageMap.register(index * SLICES, count * SLICES, PageMap.NO_OWNER, PageMap.HUGE);
    for (int i = index; i < index + count; i++) {
      superslabs.setContent(i * SLICES, 1, block);
    }
  }

  /** Puts a block that was claimed into everybody's reach. */
  private synchronized void enter(Block block, int index, long bytes) {
    block.index = index;
    block.bytes = bytes;
    block.claimed = false;
  }

  /**
   * Gives superslabs back that belong to a block no more; what exceeds the bound then goes to the
   * system, what is free for longest first.
   */
  private void leave(int index, int count) {
    PageMap.forget(index * SLICES, count * SLICES);
    release(index, count);
    while (kept.isExceeded() && superslabs.returnOldest()) {}
  }

  /** The block that an address lies in or behind. */
  private @Nullable Block at(long address) {
    return superslabs.content(indexOf(address) * SLICES) instanceof Block block && !block.claimed
        ? block
        : null;
  }

  private @Nullable Block startingAt(long address) {
    Block block = at(address);
    return block != null && block.address() == address ? block : null;
  }

  /** Bytes of the live block that starts at an address; 0 if none does or it is sealed. */
  synchronized long usableSize(long address) {
    Block block = startingAt(address);
    return block == null || block.sealed ? 0 : block.bytes;
  }

  /** Seals the live block that starts at an address, or unseals it. */
  synchronized void setSealed(long address, boolean sealed) {
    Block block = startingAt(address);
    if (block != null) {
      block.sealed = sealed;
    }
  }

  /** The live block that starts with a superslab; null if none does. */
  private @Nullable Block startingWith(int index) {
    return startingAt(addressOf(index));
  }

  /** Bytes in live blocks. */
  synchronized long allocatedBytes() {
    long sum = 0;
    for (int i = 0; i < superslabs.superslabCount(); i++) {
      Block block = startingWith(i);
      sum += block == null ? 0 : block.bytes;
    }
    return sum;
  }

  /** Bytes charged for the superslabs of live blocks. */
  synchronized long chargedBytes() {
    long charged = 0;
    for (int i = 0; i < superslabs.superslabCount(); i++) {
      if (at(addressOf(i)) != null) {
        charged += (long) Integer.bitCount(superslabs.dirtySlices(i)) << Region.SLICE_SHIFT;
      }
    }
    return charged;
  }

  synchronized void noteSlices(SliceMap map) {
    for (int index = 0; index < superslabs.superslabCount(); index++) {
      Block block = at(addressOf(index));
      if (block != null) {
        int dirty = superslabs.dirtySlices(index);
        for (int i = 0; i < SLICES; i++) {
          int slice = index * SLICES + i;
          long before = (long) (slice - block.index * SLICES) << Region.SLICE_SHIFT;
          long used = Math.clamp(block.bytes - before, 0, Region.SLICE_BYTES);
          map.note(slice, SliceMap.Content.HUGE, used);
          map.noteCharged(slice, (dirty >>> i & 1) << Region.SLICE_SHIFT);
        }
      }
    }
  }

  /**
   * Bytes charged for the superslabs of live blocks; throws {@link IllegalStateException} if the
   * maps disagree.
   */
  synchronized long verify() {
    for (int index = 0; index < superslabs.superslabCount(); index++) {
      Block block = at(addressOf(index));
      if (block != null) {
        int i = index - block.index;
        Bits.require(
            i >= 0 && i < superslabCount(block.bytes), "superslab " + index + " is in no block");
        int needed = neededSlices(i, 0, block.bytes);
        Bits.require(
            (needed & ~superslabs.dirtySlices(index)) == 0,
            "huge block at superslab " + block.index + ": not charged");
        Bits.require(
            PageMap.kindOfSlice(index * SLICES) == PageMap.HUGE,
            "superslab " + index + " is not entered");
      }
    }
    return chargedBytes();
  }

  private boolean charge(int index, long from, long to) {
    int first = (int) (from >>> Region.SUPERSLAB_SHIFT);
    long reused = 0;
    long returned = 0;
    for (int i = first; i < superslabCount(to); i++) {
      int needed = neededSlices(i, from, to);
      int dirty = superslabs.dirtySlices(index + i);
      if (!superslabs.chargeSlices(index + i, needed)) {
        return false;
      }
      reused += Integer.bitCount(needed & dirty);
      returned += Integer.bitCount(superslabs.takeReturned(index + i) & needed & ~dirty);
    }
    kept.take(reused << Region.SLICE_SHIFT, returned << Region.SLICE_SHIFT);
    return true;
  }

  /** The slices of the i-th superslab that bytes [from, to) of a block touch. */
  private static int neededSlices(int i, long from, long to) {
    long start = (long) i << Region.SUPERSLAB_SHIFT;
    long low = Math.clamp(from - start, 0, Region.SUPERSLAB_BYTES) >>> Region.SLICE_SHIFT;
    long high =
        Bits.alignUp(Math.clamp(to - start, 0, Region.SUPERSLAB_BYTES), Region.SLICE_BYTES)
            >>> Region.SLICE_SHIFT;
    return high <= low ? 0 : Bits.lowMask((int) (high - low)) << low;
  }

  private void fillDirty(int index, long bytes) {
    for (int i = 0; i < superslabCount(bytes); i++) {
      int dirty = superslabs.dirtySlices(index + i) & neededSlices(i, 0, bytes);
      for (; dirty != 0; dirty &= dirty - 1) {
        int slice = (index + i) * SLICES + Integer.numberOfTrailingZeros(dirty);
        CBytes.fill(Region.addressOf(slice), Region.SLICE_BYTES, (byte) 0);
      }
    }
  }

  /** Gives the whole slices behind a block's new end back at once: the block may never be freed. */
  private void trim(int index, int count, long bytes) {
    long end = Bits.alignUp(bytes, Region.SLICE_BYTES);
    int last = index + count - 1;
    int tail = ~neededSlices(count - 1, 0, end) & superslabs.dirtySlices(last);
    if (tail != 0) {
      long capacity = (long) count << Region.SUPERSLAB_SHIFT;
      if (os.decommit(addressOf(index) + end, capacity - end)) {
        superslabs.unchargeSlices(last, tail);
      }
    }
  }

  private void release(int index, int count) {
    long now = System.nanoTime();
    for (int i = index; i < index + count; i++) {
      superslabs.releaseSuperslab(i, superslabs.dirtySlices(i), now);
    }
  }

  private static int superslabCount(long bytes) {
    return (int) ((bytes + Region.SUPERSLAB_BYTES - 1) >>> Region.SUPERSLAB_SHIFT);
  }

  private static int indexOf(long address) {
    return Region.sliceOf(address) / SLICES;
  }

  private static long addressOf(int index) {
    return Region.addressOf(index * SLICES);
  }
}
