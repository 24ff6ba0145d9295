// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PageMover;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.Superslabs;
import java.util.Map;
import java.util.TreeMap;

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
   * Which thread may call: any. The lock guards the map of blocks and nothing else: whoever takes a
   * block out of the map, or acquired superslabs that are in no block yet, has them alone.
   */

  private static final int SLICES = Region.SLICES_PER_SUPERSLAB;

  /** Superslabs left free behind a block that moved: 1 GiB. */
  private static final int MAX_ROOM = 1 << (30 - Region.SUPERSLAB_SHIFT);

  private final OsMemory os;
  private final Superslabs superslabs;
  private final PageMover mover;
  private final long pageBytes;

  /** Live blocks: first superslab to bytes. */
  private final TreeMap<Integer, Long> blocks = new TreeMap<>();

  HugeBlocks(OsMemory os, Superslabs superslabs, PageMover mover) {
    this.os = os;
    this.superslabs = superslabs;
    this.mover = mover;
    pageBytes = os.pageBytes();
  }

  long allocate(long byteSize, long alignment, boolean zeroed) {
    long bytes = Bits.alignUp(byteSize, pageBytes);
    int count = superslabCount(bytes);
    int step = (int) Math.max(1, alignment >>> Region.SUPERSLAB_SHIFT);
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
    register(index, count);
    enter(index, bytes);
    return addressOf(index);
  }

  /** Why an address that starts no live block cannot be freed. */
  synchronized int explain(long address) {
    Map.Entry<Integer, Long> block = blocks.floorEntry(indexOf(address));
    return block != null && address - addressOf(block.getKey()) < block.getValue()
        ? FreeResult.INTERIOR
        : FreeResult.NOT_ALLOCATED;
  }

  int free(long address, long byteSize) {
    int index = indexOf(address);
    int count;
    synchronized (this) {
      long bytes = usableSize(address);
      if (bytes == 0) {
        return explain(address);
      }
      if (byteSize >= 0 && Bits.alignUp(byteSize, pageBytes) != bytes) {
        return FreeResult.WRONG_SIZE;
      }
      blocks.remove(index);
      count = superslabCount(bytes);
    }
    PageMap.forget(index * SLICES, count * SLICES);
    release(index, count);
    return FreeResult.FREED;
  }

  /** Changes a block's size in place; false if what follows is taken or the limit is reached. */
  boolean resize(long address, long byteSize) {
    long before = claim(address);
    if (before == 0) {
      return false;
    }
    int index = indexOf(address);
    long after = Bits.alignUp(byteSize, pageBytes);
    boolean done = after <= before ? shrink(index, before, after) : grow(index, before, after);
    enter(index, done ? after : before);
    return done;
  }

  private boolean shrink(int index, long before, long after) {
    int count = superslabCount(after);
    int surplus = superslabCount(before) - count;
    PageMap.forget((index + count) * SLICES, surplus * SLICES);
    release(index + count, surplus);
    trim(index, count, after);
    return true;
  }

  private boolean grow(int index, long before, long after) {
    int end = index + superslabCount(before);
    int more = superslabCount(after) - superslabCount(before);
    if (more > 0 && !superslabs.acquireSuperslabsAt(end, more)) {
      return false;
    }
    if (!charge(index, before, after)) {
      release(end, more);
      return false;
    }
    register(end, more);
    return true;
  }

  /**
   * Grows a block by moving its pages; its new address, or {@link Memory#NULL} if there is no room
   * or the limit is reached.
   */
  long move(long address, long byteSize) {
    long before = claim(address);
    if (before == 0) {
      return Memory.NULL;
    }
    int from = indexOf(address);
    long after = Bits.alignUp(byteSize, pageBytes);
    int to = after < before ? Superslabs.NONE : moveTo(from, before, after);
    boolean moved = to != Superslabs.NONE;
    enter(moved ? to : from, moved ? after : before);
    return moved ? addressOf(to) : Memory.NULL;
  }

  private int moveTo(int from, long before, long after) {
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
    if (!superslabs.chargeSlices(last, grown)) {
      release(to, newCount);
      return Superslabs.NONE;
    }
    if (!charge(to, here, after) || !mover.move(from, to, count)) {
      superslabs.unchargeSlices(last, grown);
      release(to, newCount);
      return Superslabs.NONE;
    }
    register(to, newCount);
    PageMap.forget(from * SLICES, count * SLICES);
    release(from, count);
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
   * Takes a live block out of everybody's reach while its superslabs change; its bytes, 0 if there
   * is none.
   */
  private synchronized long claim(long address) {
    long bytes = usableSize(address);
    if (bytes != 0) {
      blocks.remove(indexOf(address));
    }
    return bytes;
  }

  private synchronized void enter(int index, long bytes) {
    blocks.put(index, bytes);
  }

  synchronized long usableSize(long address) {
    int index = indexOf(address);
    Long bytes = addressOf(index) == address ? blocks.get(index) : null;
    return bytes == null ? 0 : bytes;
  }

  /** Bytes in live blocks. */
  synchronized long allocatedBytes() {
    long sum = 0;
    for (long bytes : blocks.values()) {
      sum += bytes;
    }
    return sum;
  }

  /** Bytes charged for the superslabs of live blocks. */
  synchronized long chargedBytes() {
    long charged = 0;
    for (Map.Entry<Integer, Long> block : blocks.entrySet()) {
      int end = block.getKey() + superslabCount(block.getValue());
      for (int i = block.getKey(); i < end; i++) {
        charged += (long) Integer.bitCount(superslabs.dirtySlices(i)) << Region.SLICE_SHIFT;
      }
    }
    return charged;
  }

  /**
   * Bytes charged for the superslabs of live blocks; throws {@link IllegalStateException} if the
   * maps disagree.
   */
  synchronized long verify() {
    for (Map.Entry<Integer, Long> block : blocks.entrySet()) {
      int index = block.getKey();
      int count = superslabCount(block.getValue());
      for (int i = index; i < index + count; i++) {
        int dirty = superslabs.dirtySlices(i);
        int needed = neededSlices(i - index, 0, block.getValue());
        Bits.require((needed & ~dirty) == 0, "huge block at superslab " + index + ": not charged");
        Bits.require(
            PageMap.kindOfSlice(i * SLICES) == PageMap.HUGE, "superslab " + i + " is not entered");
      }
    }
    return chargedBytes();
  }

  private boolean charge(int index, long from, long to) {
    int first = (int) (from >>> Region.SUPERSLAB_SHIFT);
    for (int i = first; i < superslabCount(to); i++) {
      if (!superslabs.chargeSlices(index + i, neededSlices(i, from, to))) {
        return false;
      }
    }
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
        Memory.fill(Region.addressOf(slice), Region.SLICE_BYTES, (byte) 0);
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

  private static void register(int index, int count) {
    PageMap.register(index * SLICES, count * SLICES, PageMap.NO_OWNER, PageMap.HUGE);
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
