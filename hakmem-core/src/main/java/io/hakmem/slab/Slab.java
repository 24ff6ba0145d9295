// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A run of slices cut into equal blocks; guarded by its {@link SlabPool}. */
final class Slab {
  /*
   *   base                  base + carved * bytes              base + blocks * bytes
   *   |                     |                                  |
   *   v                     v                                  v
   *   +------+------+- ... -+---------------- ... -------------+------+
   *   | used | free |       | never handed out since acquired  | tail |
   *   +------+------+- ... -+---------------- ... -------------+------+
   *   free bit  0      1
   *
   *   I1  freeCount == number of free bits, all below carved
   *   I2  used = carved - freeCount: blocks in callers' hands or in caches
   *   I3  a carved block has its byte in the live map, any other has none
   *
   *            a batch is taken              the last free block is taken
   *   EMPTY ----------------------> PARTIAL ----------------------> FULL
   *     ^                            |   ^                           |
   *     |   the last block is back   |   |      a block is back      |
   *     +----------------------------+   +---------------------------+
   */

  final int sizeClass;
  final int blocks;
  private final long[] free;
  int slice;
  long base;
  private boolean clean;

  int owner;
  int carved;
  int freeCount;

  /** In the list of its owner's slabs that have free blocks. */
  boolean listed;

  /** Where the pool keeps it among all its slabs. */
  int position;

  @Nullable Slab next;
  @Nullable Slab previous;

  /** A slab without slices yet. */
  Slab(int sizeClass) {
    this.sizeClass = sizeClass;
    blocks = SizeClasses.blocks(sizeClass);
    free = new long[(blocks + Long.SIZE - 1) / Long.SIZE];
  }

  /** Begins anew over slices that were just acquired; {@code sliceIsClean} if they read as zero. */
  void reset(int newSlice, int newOwner, boolean sliceIsClean) {
    slice = newSlice;
    base = Region.addressOf(newSlice);
    owner = newOwner;
    clean = sliceIsClean;
    carved = 0;
    freeCount = 0;
    Arrays.fill(free, 0);
  }

  boolean isEmpty() {
    return freeCount == carved;
  }

  boolean canCarve() {
    return carved < blocks;
  }

  /** Takes up to {@code want} free blocks, lowest address first, into {@code into}; how many. */
  int takeFree(long[] into, int from, int want) {
    int got = 0;
    int bytes = SizeClasses.bytes(sizeClass);
    for (int word = 0; word < free.length && got < want; word++) {
      long bits = free[word];
      while (bits != 0 && got < want) {
        int block = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        freeCount--;
        long address = base + (long) block * bytes;
        // A live block among the free ones is the trace of two frees that raced: the block stays
        // with whoever holds it, and this slab counts it as used again.
        if (isFreeByte(address)) {
          into[from + got++] = address;
        }
      }
      free[word] = bits;
    }
    return got;
  }

  /** Cuts up to {@code want} blocks that were never handed out into {@code into}; how many. */
  int carve(long[] into, int from, int want) {
    int count = Math.min(want, blocks - carved);
    int bytes = SizeClasses.bytes(sizeClass);
    for (int i = 0; i < count; i++) {
      long address = base + (long) (carved + i) * bytes;
      markCarved(address);
      into[from + i] = address;
    }
    carved += count;
    return count;
  }

  /** Takes a block back; false if the address is not that of a used block. */
  boolean giveBack(long address) {
    int block = SizeClasses.blockIndex(sizeClass, address - base);
    long bit = 1L << block;
    if (block >= carved
        || base + (long) block * SizeClasses.bytes(sizeClass) != address
        || (free[block >>> 6] & bit) != 0) {
      return false;
    }
    free[block >>> 6] |= bit;
    freeCount++;
    return true;
  }

  /** Takes blocks out of the free ones that are live after all; whether there were any. */
  boolean reclaimLive() {
    int before = freeCount;
    for (int word = 0; word < free.length; word++) {
      for (long bits = free[word]; bits != 0; bits &= bits - 1) {
        int block = (word << 6) + Long.numberOfTrailingZeros(bits);
        if (!isFreeByte(base + (long) block * SizeClasses.bytes(sizeClass))) {
          free[word] &= ~(1L << block);
          freeCount--;
        }
      }
    }
    return freeCount != before;
  }

  /** Erases the traces of all blocks from the live map. */
  void clearLiveMap() {
    long bytes =
        Bits.alignUp((long) carved * SizeClasses.bytes(sizeClass), 1L << Region.POOL_CELL_SHIFT);
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      LiveMap.clear(base, bytes);
    } else {
      PoolLiveMap.clear(base, bytes);
    }
  }

  /** Makes an owner known for all blocks of the slab. */
  void assign(int newOwner) {
    owner = newOwner;
    PageMap.register(slice, SizeClasses.slices(sizeClass), newOwner, sizeClass);
  }

  private void markCarved(long address) {
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      LiveMap.set(address, -sizeClass);
    } else {
      PoolLiveMap.set(address, PoolLiveMap.carvedAt(address) | (clean ? PoolLiveMap.ZERO : 0));
    }
  }

  private boolean isFreeByte(long address) {
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      return LiveMap.get(address) == -sizeClass;
    }
    return (PoolLiveMap.get(address) & PoolLiveMap.LIVE) == 0;
  }

  /** Checks I1 and I3; throws {@link IllegalStateException} with the values. */
  void verify() {
    int bits = 0;
    for (long word : free) {
      bits += Long.bitCount(word);
    }
    Bits.require(bits == freeCount, this + ": " + bits + " free bits");
    int bytes = SizeClasses.bytes(sizeClass);
    for (int block = 0; block < blocks; block++) {
      long address = base + (long) block * bytes;
      boolean isFree = ((free[block >>> 6] >>> block) & 1) != 0;
      Bits.require(!isFree || block < carved, this + ": free block beyond the carved ones");
      Bits.require(!isFree || isFreeByte(address), this + ": free block " + block + " is live");
      Bits.require(
          hasByte(address) == (block < carved), this + ": live map is wrong at block " + block);
    }
  }

  private boolean hasByte(long address) {
    return sizeClass <= SizeClasses.TINY_CLASSES
        ? LiveMap.get(address) != 0
        : PoolLiveMap.get(address) != 0;
  }

  /** Blocks that are live, by the live map. */
  int countLive() {
    int live = 0;
    for (int block = 0; block < carved; block++) {
      live += isFreeByte(base + (long) block * SizeClasses.bytes(sizeClass)) ? 0 : 1;
    }
    return live;
  }

  @Override
  public String toString() {
    return "slab at slice "
        + slice
        + " of class "
        + sizeClass
        + " ("
        + SizeClasses.bytes(sizeClass)
        + " B), owner "
        + owner
        + ", carved "
        + carved
        + " of "
        + blocks
        + ", free "
        + freeCount;
  }
}
