// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.memory.Bits;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.PoolLiveMap;

/**
 * One block that reads as zero, kept beside a front cache's stacks for the arenas of its thread.
 * Owner thread only, unless a method says otherwise.
 */
public final class ZeroedBlock {
  /*
   * An arena that takes it uses a few bytes, zeroes just these and brings it back: neither a trip to
   * the stacks nor a whole block to zero for every small arena.
   *
   *                    the first arena                     an arena opens
   *   NONE --------------------------------------> TAKEN <---------------- HOME
   *     ^                                            |                    ^  |
   *     |                                            |   the arena closes |  |
   *     |                                            +--------------------+  |
   *     +--------------------------------------------------------------------+
   *                                      the cache is flushed
   *
   *   I1  at HOME the block is marked free, like any other in a cache, and all its bytes are zero
   */

  /** Size of the block: a class. */
  public static final int BYTES = 8 << 10;

  private static final int CLASS = SizeClasses.classOf(BYTES);

  // The block lies at a multiple of its size, so its start within the map's cell is 0.
  private static final int FREE = PoolLiveMap.CARVED;
  private static final int USED = PoolLiveMap.CARVED | PoolLiveMap.LIVE | PoolLiveMap.SEALED;

  private long home = Memory.NULL;
  private boolean exists;

  ZeroedBlock() {}

  /** Takes the block, live and sealed from now on; {@link Memory#NULL} if it is not at home. */
  @HotPath
  public long take() {
    long block = home;
    if (block != Memory.NULL) {
      home = Memory.NULL;
      PoolLiveMap.set(block, USED);
    }
    return block;
  }

  /** Whether there is a block, at home or taken. */
  public boolean exists() {
    return exists;
  }

  /** Notes that the caller took a block of this size, sealed and zero, and will bring it back. */
  public void noteTaken() {
    exists = true;
  }

  /** Brings the block back, all zero; false if another one is at home meanwhile. */
  @HotPath
  public boolean bringBack(long block) {
    if (home != Memory.NULL) {
      return false;
    }
    home = block;
    PoolLiveMap.set(block, FREE);
    return true;
  }

  /** Blocks of a class at home: one or none. Any thread. */
  int count(int sizeClass) {
    return sizeClass == CLASS && home != Memory.NULL ? 1 : 0;
  }

  /** Returns the block to its slab. By the owner, or by whoever found the owner dead. */
  void flush(Depot[] depots) {
    if (home != Memory.NULL) {
      depots[CLASS].giveBack(home);
      home = Memory.NULL;
      exists = false;
    }
  }

  /** Checks I1; throws {@link IllegalStateException}. */
  void verify() {
    if (home != Memory.NULL) {
      Bits.require(PoolLiveMap.get(home) == FREE, "the zeroed block is not marked free");
      for (long i = 0; i < BYTES; i += Long.BYTES) {
        Bits.require(Memory.getLong(home + i) == 0, "the zeroed block is not zero at " + i);
      }
    }
  }
}
