// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;

/**
 * For every kibibyte of the pool slabs: whether a block starts there, exactly where, and whether it
 * is live.
 */
public final class PoolLiveMap {
  /*
   * One byte a 1 KiB cell, off heap. Pool blocks are larger than a cell, so at most one starts in it;
   * their sizes are multiples of 128 B, so three bits say where. The class is in the page map.
   *
   *      7       6       5      4          3       2 1 0
   *   +--------+-------+------+-------+--------+----------------------+
   *   | SEALED | LOOSE | ZERO | LIVE  | CARVED | start / 128 mod 8    |
   *   +--------+-------+------+-------+--------+----------------------+
   *
   * A byte of 0: no block that could be handed out starts in the cell. ZERO: free, and its memory
   * reads as zero; alone: the same of a block that has to be carved before it is handed out. LOOSE and
   * SEALED as in LiveMap. Who may write is as in LiveMap.
   */

  public static final int START = 0x07;
  public static final int CARVED = 0x08;
  public static final int LIVE = 0x10;
  public static final int ZERO = 0x20;
  public static final int LOOSE = 0x40;
  public static final int SEALED = 0x80;

  private static final int START_SHIFT = 7;

  private PoolLiveMap() {}

  /** The byte of the cell that holds an address of the region. */
  @HotPath
  public static int get(long address) {
    return Memory.getByte(mapAddress(address));
  }

  @HotPath
  public static void set(long address, int value) {
    Memory.putByte(mapAddress(address), (byte) value);
  }

  /** The byte of a free, dirty block that starts at an address, a multiple of 128. */
  @HotPath
  public static int carvedAt(long address) {
    return CARVED | ((int) (address >>> START_SHIFT) & START);
  }

  /** Whether a block may start at an address: all pool sizes are multiples of 128. */
  @HotPath
  public static boolean isStart(long address) {
    return (address & ((1L << START_SHIFT) - 1)) == 0;
  }

  /** Whether a live block starts at an address, which {@code carved} is of. */
  @HotPath
  public static boolean isLive(long address, int carved) {
    int state = get(address) & ~(ZERO | LOOSE);
    return state == (carved | LIVE) && isStart(address);
  }

  /** Where the byte for an address lies. */
  @HotPath
  static long mapAddress(long address) {
    return (address >>> Region.POOL_CELL_SHIFT) + Region.POOL_LIVE_BIAS;
  }

  /**
   * Erases the bytes of {@code byteSize} bytes of blocks from {@code address} on, both multiples of
   * a cell.
   */
  public static void clear(long address, long byteSize) {
    CBytes.fill(mapAddress(address), byteSize >>> Region.POOL_CELL_SHIFT, (byte) 0);
  }
}
