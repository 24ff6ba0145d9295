// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;

/**
 * For every granule of the tiny slabs: whether a block starts there, of which class, and whether it
 * is live.
 */
public final class LiveMap {
  /*
   * One signed byte a 16-byte granule, off heap, so that one load classifies an address, rejects
   * interior ones and tells live from free:
   *
   *    c         a live block of size class c (1 ... 40) starts here
   *    c | LOOSE the same, of which a smaller size was asked for than its class stands for
   *    SEALED    a live block that only the arena or heap that holds it may free
   *   -c         a free block of size class c, in a cache or in its slab, starts here
   *    0         no block starts here
   *
   * A byte belongs to whoever holds the block: the thread that allocated it, the cache it lies in, or
   * its slab's lock. So plain writes do; bits shared by several blocks would need an atomic.
   */

  /** Added to the class of a live block that a sized free may return with any size it can hold. */
  public static final int LOOSE = 0x40;

  /** No class with or without LOOSE, so that nobody takes a sealed block for one to free. */
  public static final int SEALED = 0x7f;

  private LiveMap() {}

  /** The byte for an address of the region, a multiple of 16. */
  @HotPath
  public static int get(long address) {
    return Memory.getByte(mapAddress(address));
  }

  @HotPath
  public static void set(long address, int value) {
    Memory.putByte(mapAddress(address), (byte) value);
  }

  /** Where the byte for an address lies. */
  @HotPath
  static long mapAddress(long address) {
    return (address >>> Region.GRANULE_SHIFT) + Region.LIVE_BIAS;
  }

  /** Erases the bytes of {@code byteSize} bytes of blocks from {@code address} on. */
  public static void clear(long address, long byteSize) {
    CBytes.fill(mapAddress(address), byteSize >>> Region.GRANULE_SHIFT, (byte) 0);
  }
}
