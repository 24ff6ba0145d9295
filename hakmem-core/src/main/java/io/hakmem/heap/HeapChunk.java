// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.heap;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.Region;

/** Memory that a heap cuts blocks from, and what became of each. */
final class HeapChunk {
  /*
   * One byte for each granule of 16 bytes, on the Java heap, so that nothing that is written into
   * blocks can spoil it and the collector takes it back at once:
   *
   *    c   a live block of size class c starts here
   *   -c   a free block of size class c starts here; it is in one of the heap's stacks
   * -64-c  as -c, but in no stack: a stray
   *    0   no block starts here
   *
   * A byte belongs to whoever holds the block: the program, the stripe it lies in, or for a stray
   * whoever has the lock of the heap. Plain reads and
   * writes, as with the live map of the allocator below.
   */

  private static final int STRAY = 64;

  private final long base;
  private final byte[] states;

  HeapChunk(long base, int byteSize) {
    this.base = base;
    states = new byte[byteSize >>> Region.GRANULE_SHIFT];
  }

  long base() {
    return base;
  }

  long end() {
    return base + ((long) states.length << Region.GRANULE_SHIFT);
  }

  /** Java heap that the bytes take. */
  int stateBytes() {
    return states.length;
  }

  boolean contains(long address) {
    return Long.compareUnsigned(address - base, end() - base) < 0;
  }

  /** The byte of an address of the chunk, a multiple of 16. */
  int state(long address) {
    return states[(int) (address - base) >>> Region.GRANULE_SHIFT];
  }

  void setState(long address, int state) {
    states[(int) (address - base) >>> Region.GRANULE_SHIFT] = (byte) state;
  }

  /** What the byte of a stray of a class says. */
  static int strayOf(int sizeClass) {
    return -STRAY - sizeClass;
  }

  private static boolean isStray(int state) {
    return state < -STRAY;
  }

  /** Address of a stray of a class; {@link Memory#NULL} if there is none. */
  long findStray(int sizeClass) {
    for (int granule = 0; granule < states.length; granule++) {
      if (states[granule] == strayOf(sizeClass)) {
        return base + ((long) granule << Region.GRANULE_SHIFT);
      }
    }
    return Memory.NULL;
  }

  /** How many strays there are. */
  int countStrays() {
    int strays = 0;
    for (byte state : states) {
      strays += isStray(state) ? 1 : 0;
    }
    return strays;
  }

  /** Why an address of the chunk cannot be freed. */
  int explain(long address) {
    int granule = (int) (address - base) >>> Region.GRANULE_SHIFT;
    int start = granule;
    while (start > 0 && states[start] == 0) {
      start--;
    }
    long offset = address - base - ((long) start << Region.GRANULE_SHIFT);
    int state = states[start];
    return offset > 0 && state > 0 && offset < SizeClasses.bytes(state)
        ? FreeResult.INTERIOR
        : FreeResult.NOT_ALLOCATED;
  }

  /** Checks that blocks do not overlap; how many are in stacks. */
  int verify() {
    int free = 0;
    long end = base;
    for (long address = base; address < end(); address += Region.GRANULE_BYTES) {
      int state = state(address);
      if (state != 0) {
        Bits.require(address >= end, "chunk 0x" + Long.toHexString(base) + ": blocks overlap");
        int sizeClass = isStray(state) ? -state - STRAY : Math.abs(state);
        end = address + SizeClasses.bytes(sizeClass);
        free += state < 0 && !isStray(state) ? 1 : 0;
      }
    }
    Bits.require(end <= end(), "chunk 0x" + Long.toHexString(base) + ": a block reaches beyond it");
    return free;
  }
}
