// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
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
   * The block's size is rounded up to pages, what is charged to slices. Which thread may call: any; one
   * lock. Lock order: HugeBlocks, then Superslabs.
   */

  private static final int SLICES = Region.SLICES_PER_SUPERSLAB;

  private final OsMemory os;
  private final Superslabs superslabs;
  private final long pageBytes;

  /** Live blocks: first superslab to bytes. */
  private final TreeMap<Integer, Long> blocks = new TreeMap<>();

  HugeBlocks(OsMemory os, Superslabs superslabs) {
    this.os = os;
    this.superslabs = superslabs;
    pageBytes = os.pageBytes();
  }

  synchronized long allocate(long byteSize, long alignment, boolean zeroed) {
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
    blocks.put(index, bytes);
    register(index, count);
    return addressOf(index);
  }

  /** Why an address that starts no live block cannot be freed. */
  synchronized int explain(long address) {
    Map.Entry<Integer, Long> block = blocks.floorEntry(indexOf(address));
    return block != null && address - addressOf(block.getKey()) < block.getValue()
        ? FreeResult.INTERIOR
        : FreeResult.NOT_ALLOCATED;
  }

  synchronized int free(long address, long byteSize) {
    int index = indexOf(address);
    Long bytes = addressOf(index) == address ? blocks.get(index) : null;
    if (bytes == null) {
      return explain(address);
    }
    if (byteSize >= 0 && Bits.alignUp(byteSize, pageBytes) != bytes) {
      return FreeResult.WRONG_SIZE;
    }
    blocks.remove(index);
    int count = superslabCount(bytes);
    PageMap.forget(index * SLICES, count * SLICES);
    release(index, count);
    return FreeResult.FREED;
  }

  /** Changes a block's size in place; false if what follows is taken or the limit is reached. */
  synchronized boolean resize(long address, long byteSize) {
    int index = indexOf(address);
    Long before = addressOf(index) == address ? blocks.get(index) : null;
    if (before == null) {
      return false;
    }
    long after = Bits.alignUp(byteSize, pageBytes);
    int countBefore = superslabCount(before);
    int countAfter = superslabCount(after);
    if (countAfter > countBefore
        && !superslabs.acquireSuperslabsAt(index + countBefore, countAfter - countBefore)) {
      return false;
    }
    if (after > before && !charge(index, before, after)) {
      if (countAfter > countBefore) {
        release(index + countBefore, countAfter - countBefore);
      }
      return false;
    }
    if (countAfter > countBefore) {
      register(index + countBefore, countAfter - countBefore);
    } else if (countAfter < countBefore) {
      PageMap.forget((index + countAfter) * SLICES, (countBefore - countAfter) * SLICES);
      release(index + countAfter, countBefore - countAfter);
    }
    if (after < before) {
      trim(index, countAfter, after);
    }
    blocks.put(index, after);
    return true;
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
