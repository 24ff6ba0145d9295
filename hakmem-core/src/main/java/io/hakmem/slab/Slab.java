// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.Superslabs;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A run of slices cut into equal blocks; guarded by its {@link SlabPool}. */
final class Slab {
  /*
   *   base                                                      base + blocks * bytes
   *   |                                                         |
   *   v                                                         v
   *   +------+-------+------+-------+------+------+------+-- .. +------+
   *   | used | ready | used | ready | hole | hole | hole |      | tail |
   *   +------+-------+------+-------+------+------+------+-- .. +------+
   *   |<---------- backed ----------->|<---- not backed: as zero ----->|   pages
   *   ready bit  1             1
   *
   * A page is backed from when it is charged, before the first block on it leaves, until a purge
   * takes it. A free block is ready if all its pages are backed, else a hole: a block never handed
   * out since the slab was acquired, and one whose page was given back, are the same. Nobody keeps a
   * list of holes, for every block on a page that is not backed is one.
   *
   *            pages are charged              a batch is taken
   *    HOLE ----------------------> READY ----------------------> USED
   *      ^                           |  ^                          |
   *      |   all blocks on a page    |  |      a block is back     |
   *      +---- rested: a purge ------+  +--------------------------+
   *
   *   I1  readyCount == number of ready bits; ready blocks lie on backed pages only
   *   I2  used = blocks - readyCount - holes: blocks in callers' hands or in caches; they lie on
   *       backed pages only
   *   I3  a used or ready block has its byte in the live map; a hole has 0, or ZERO if it is known to
   *       read as zero, so that nobody who still has its address takes it for a free block
   *   I4  charged are the backed pages and those that a purge holds
   */

  final SlabLayout layout;
  private final long[] ready;
  int slice;
  long base;
  int owner;

  int used;
  int readyCount;

  private long backed;

  /** Pages that are being given back at this moment; neither backed nor to be had. */
  private long purging;

  // Pages on which every block has been free since the last purge step, and since the one before.
  private long rested;
  private long restedTwice;

  /** Whether the slab has been empty since the last purge step. */
  private boolean restedEmpty;

  /** The list of its owner that it is in. */
  @Nullable SlabList list;

  /** Where the pool keeps it among all its slabs. */
  int position;

  @Nullable Slab next;
  @Nullable Slab previous;

  /** A slab without slices yet. */
  Slab(SlabLayout layout) {
    this.layout = layout;
    ready = new long[(layout.blocks + Long.SIZE - 1) / Long.SIZE];
  }

  /** Begins anew over slices just acquired, of which some pages are charged already. */
  void reset(int newSlice, int newOwner, long charged) {
    slice = newSlice;
    base = Region.addressOf(newSlice);
    owner = newOwner;
    used = 0;
    readyCount = 0;
    Arrays.fill(ready, 0);
    purging = 0;
    rested = 0;
    restedTwice = 0;
    restedEmpty = false;
    backed = charged;
    noteZero();
    back(charged);
  }

  boolean isEmpty() {
    return used == 0;
  }

  /** Pages that are charged. */
  int countCharged() {
    return Long.bitCount(backed | purging);
  }

  /** Whether free blocks could be had by charging pages. */
  boolean hasHoles() {
    return (layout.pages & ~backed) != 0 && purging == 0;
  }

  // ---- blocks out and in

  /** Takes up to {@code want} ready blocks, lowest address first, into {@code into}; how many. */
  int takeReady(long[] into, int from, int want) {
    int got = 0;
    int gone = 0;
    for (int word = 0; word < ready.length && got < want; word++) {
      long bits = ready[word];
      while (bits != 0 && got < want) {
        int block = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        gone++;
        long address = addressOf(block);
        // A live block among the ready ones is the trace of two frees that raced: the block stays
        // with whoever holds it, and this slab counts it as used again.
        if (isFreeByte(address)) {
          into[from + got++] = address;
        }
      }
      ready[word] = bits;
    }
    readyCount -= gone;
    used += gone;
    restedEmpty = false;
    if (got > 0) {
      long taken = layout.pagesBetween(into[from] - base, into[from + got - 1] + 1 - base);
      rested &= ~(taken | layout.pagesOf(blockAt(into[from + got - 1])));
      restedTwice &= rested;
    }
    return got;
  }

  /**
   * Charges pages, lowest first, until {@code want} blocks are ready, all are, or the limit is
   * reached; whether any is.
   */
  boolean makeReady(int want, Superslabs superslabs) {
    while (readyCount < want && hasHoles()) {
      int page = Long.numberOfTrailingZeros(layout.pages & ~backed);
      long missing = layout.pagesOf(layout.firstOn(page)) & ~backed;
      if (!superslabs.chargePages(slice, missing)) {
        break;
      }
      back(missing);
    }
    return readyCount > 0;
  }

  /** Takes a block back; false if the address is not that of a used block. */
  boolean giveBack(long address) {
    int block = blockAt(address);
    if (block >= layout.blocks || addressOf(block) != address || isReady(block) || isHole(block)) {
      return false;
    }
    setReady(block);
    used--;
    return true;
  }

  /** Counts ready blocks that are live after all as used; whether there were any. */
  boolean reclaimLive() {
    int before = readyCount;
    for (int word = 0; word < ready.length; word++) {
      for (long bits = ready[word]; bits != 0; bits &= bits - 1) {
        int block = (word << 6) + Long.numberOfTrailingZeros(bits);
        if (!isFreeByte(addressOf(block))) {
          clearReady(block);
        }
      }
    }
    used += before - readyCount;
    return readyCount != before;
  }

  /** Start of the block that holds the byte at an address; 0 if none does. */
  long blockStart(long address) {
    int block = blockAt(address);
    return block < layout.blocks ? addressOf(block) : 0;
  }

  // ---- pages out and in

  /** Makes the blocks on pages that were just charged ready, if all their pages are. */
  private void back(long pages) {
    backed |= pages;
    for (long left = pages & layout.pages; left != 0; ) {
      int from = Long.numberOfTrailingZeros(left);
      int to = from + Long.numberOfTrailingZeros(~(left >>> from));
      left &= ~Bits.rangeMask(from, to);
      int first = layout.firstOn(from);
      int end = layout.endOn(to - 1);
      // Only the outermost blocks can lie on other pages as well: on such without memory, or the
      // first one on those of a run before, with which it became ready.
      if (isHole(first) || isReady(first)) {
        first++;
      }
      if (end > first && isHole(end - 1)) {
        end--;
      }
      setReady(first, end);
      for (int block = first; block < end; block++) {
        long address = addressOf(block);
        if (layout.isTiny()) {
          LiveMap.set(address, -layout.sizeClass);
        } else {
          int zero = PoolLiveMap.get(address) & PoolLiveMap.ZERO;
          PoolLiveMap.set(address, PoolLiveMap.carvedAt(address) | zero);
        }
      }
    }
  }

  /**
   * One step of the purge clock: which pages have had no used block for two steps, or with {@code
   * now} have none at this moment.
   */
  long restedPages(boolean now) {
    long resting = purging != 0 || used == layout.blocks ? 0 : restingPages();
    long due = resting & (now ? -1 : restedTwice);
    restedTwice = resting & rested & ~due;
    rested = resting & ~due;
    return due;
  }

  /** Whether pages or the whole slab may be due at one of the next steps. */
  boolean isResting() {
    return rested != 0 || restedEmpty;
  }

  /** One step of the purge clock: whether the slab has been empty since the last one. */
  boolean restedEmpty() {
    boolean before = restedEmpty;
    restedEmpty = isEmpty();
    return before && restedEmpty;
  }

  /** Takes pages without used blocks out of circulation: all blocks on them become holes. */
  void hide(long pages) {
    for (long left = pages & layout.pages; left != 0; left &= left - 1) {
      int page = Long.numberOfTrailingZeros(left);
      int first = layout.firstOn(page);
      int end = layout.endOn(page);
      clearReady(first, end);
      if (layout.isTiny()) {
        LiveMap.clear(addressOf(first), (long) (end - first) * layout.bytes);
      } else {
        for (int block = first; block < end; block++) {
          long address = addressOf(block);
          PoolLiveMap.set(address, PoolLiveMap.get(address) & PoolLiveMap.ZERO);
        }
      }
    }
    backed &= ~pages;
    purging = pages;
  }

  /** The pages that a purge holds. Also without the lock, by whoever hid them. */
  long purging() {
    return purging;
  }

  boolean isPurging() {
    return purging != 0;
  }

  /** Ends what {@link #hide} began: the system took the pages {@code gone} and no others. */
  void unhide(long gone) {
    long kept = purging & ~gone;
    purging = 0;
    backed |= kept;
    noteZero();
    back(kept);
  }

  /** Notes of the holes of which no page is backed that they read as zero. */
  private void noteZero() {
    if (layout.isTiny()) {
      return;
    }
    for (long left = layout.pages & ~backed; left != 0; left &= left - 1) {
      int page = Long.numberOfTrailingZeros(left);
      int end = layout.endOn(page);
      for (int block = layout.firstOn(page); block < end; block++) {
        if ((layout.pagesOf(block) & backed) == 0) {
          PoolLiveMap.set(addressOf(block), PoolLiveMap.ZERO);
        }
      }
    }
  }

  /** The backed pages without used blocks. */
  private long restingPages() {
    long pages = 0;
    for (long left = backed; left != 0; left &= left - 1) {
      int page = Long.numberOfTrailingZeros(left);
      pages |= isResting(page) ? 1L << page : 0;
    }
    return pages;
  }

  private boolean isResting(int page) {
    int end = layout.endOn(page);
    for (int block = layout.firstOn(page); block < end; ) {
      if (isReady(block)) {
        // As many as lie ready one after the other in this word.
        block += Long.numberOfTrailingZeros(~(ready[block >>> 6] >>> block));
      } else if (isHole(block)) {
        block++;
      } else {
        return false;
      }
    }
    return true;
  }

  /** Erases the traces of all blocks from the live map. */
  void clearLiveMap() {
    long bytes = Bits.alignUp((long) layout.blocks * layout.bytes, 1L << Region.POOL_CELL_SHIFT);
    if (layout.isTiny()) {
      LiveMap.clear(base, bytes);
    } else {
      PoolLiveMap.clear(base, bytes);
    }
  }

  /** Makes an owner known for all blocks of the slab. */
  void assign(int newOwner) {
    owner = newOwner;
    PageMap.register(slice, SizeClasses.slices(layout.sizeClass), newOwner, layout.sizeClass);
  }

  // ---- small helpers

  private long addressOf(int block) {
    return base + (long) block * layout.bytes;
  }

  private int blockAt(long address) {
    return SizeClasses.blockIndex(layout.sizeClass, address - base);
  }

  private boolean isReady(int block) {
    return ((ready[block >>> 6] >>> block) & 1) != 0;
  }

  private boolean isHole(int block) {
    return (layout.pages & ~backed) != 0 && (layout.pagesOf(block) & ~backed) != 0;
  }

  private void setReady(int block) {
    ready[block >>> 6] |= 1L << block;
    readyCount++;
  }

  private void clearReady(int block) {
    ready[block >>> 6] &= ~(1L << block);
    readyCount--;
  }

  /** Sets the ready bits of the blocks [from, to), none of which is set. */
  private void setReady(int from, int to) {
    for (int block = from; block < to; ) {
      int word = block >>> 6;
      int end = Math.min(to, (word + 1) << 6);
      ready[word] |= Bits.rangeMask(block & 63, end - (word << 6));
      block = end;
    }
    readyCount += Math.max(to - from, 0);
  }

  /** Clears the ready bits of the blocks [from, to). */
  private void clearReady(int from, int to) {
    for (int block = from; block < to; ) {
      int word = block >>> 6;
      int end = Math.min(to, (word + 1) << 6);
      long bits = ready[word] & Bits.rangeMask(block & 63, end - (word << 6));
      ready[word] &= ~bits;
      readyCount -= Long.bitCount(bits);
      block = end;
    }
  }

  private boolean isFreeByte(long address) {
    if (layout.isTiny()) {
      return LiveMap.get(address) == -layout.sizeClass;
    }
    return (PoolLiveMap.get(address) & PoolLiveMap.LIVE) == 0;
  }

  // ---- verification

  /** Checks I1 to I4; throws {@link IllegalStateException} with the values. */
  void verify(long charged) {
    int readyBits = 0;
    int holes = 0;
    for (int block = 0; block < layout.blocks; block++) {
      long address = addressOf(block);
      readyBits += isReady(block) ? 1 : 0;
      holes += isHole(block) ? 1 : 0;
      Bits.require(!isReady(block) || !isHole(block), this + ": block " + block + " is a hole");
      Bits.require(
          !isReady(block) || isFreeByte(address), this + ": ready block " + block + " is live");
      Bits.require(
          hasByte(address) != isHole(block), this + ": live map is wrong at block " + block);
    }
    Bits.require(readyBits == readyCount, this + ": " + readyBits + " ready bits");
    Bits.require(used + readyCount + holes == layout.blocks, this + ": " + holes + " holes");
    Bits.require(
        (backed | purging) == charged && (backed & purging) == 0,
        this + ": backed " + backed + ", in purge " + purging + ", charged " + charged);
  }

  private boolean hasByte(long address) {
    return layout.isTiny()
        ? LiveMap.get(address) != 0
        : (PoolLiveMap.get(address) & ~PoolLiveMap.ZERO) != 0;
  }

  /** Blocks that are live, by the live map. */
  int countLive() {
    int live = 0;
    for (int block = 0; block < layout.blocks; block++) {
      live += isHole(block) || isFreeByte(addressOf(block)) ? 0 : 1;
    }
    return live;
  }

  @Override
  public String toString() {
    return "slab at slice "
        + slice
        + " of class "
        + layout.sizeClass
        + " ("
        + layout.bytes
        + " B), owner "
        + owner
        + ", used "
        + used
        + " of "
        + layout.blocks
        + ", ready "
        + readyCount;
  }
}
