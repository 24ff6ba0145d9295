// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.memory.Bits;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.Region;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** For every block: its state, and how much longer than requested it is. Any thread. */
final class BlockRecords {
  /*
   * One int where a block may start: each granule of 16 bytes of a tiny slab, each KiB of all others,
   * as in the live maps. On the Java heap, so that no write beyond a block's end can reach it:
   *
   *    31                     3   2         1 0
   *   +------------------------+---------+-------+
   *   | slack: bytes of the    | GUARDED | state |
   *   | block behind its end   |         |       |
   *   +------------------------+---------+-------+
   *
   * States: 0 none, LIVE, QUARANTINED. A free is the step from LIVE to QUARANTINED by compare-and-set:
   * of two that race one makes it. A record is entered (release) before its block leaves, and read
   * (acquire) by whoever frees.
   */

  /** In the program's hands. */
  static final int LIVE = 1;

  /** Freed, and not to be had yet. */
  static final int QUARANTINED = 2;

  /** The last page of the block is a guard page. */
  static final int GUARDED = 4;

  private static final int STATE_MASK = 3;
  private static final int SLACK_SHIFT = 3;
  private static final int MIN_DIRECTORY = 32;

  private static final VarHandle RECORD = MethodHandles.arrayElementVarHandle(int[].class);

  private static final int GRANULES = (int) (Region.SLICE_BYTES >>> Region.GRANULE_SHIFT);
  private static final int CELLS = (int) (Region.SLICE_BYTES >>> Region.POOL_CELL_SHIFT);

  /**
   * Records by slice: one for each cell until a tiny block lies in the slice, from then on one for
   * each granule.
   */
  private volatile int[] @Nullable [] slices = new int[MIN_DIRECTORY] @Nullable [];

  static int of(int state, long slack, boolean guarded) {
    Bits.require(slack <= Integer.MAX_VALUE >>> SLACK_SHIFT, "too much slack");
    return ((int) slack << SLACK_SHIFT) | (guarded ? GUARDED : 0) | state;
  }

  static int state(int record) {
    return record & STATE_MASK;
  }

  static boolean isGuarded(int record) {
    return (record & GUARDED) != 0;
  }

  static int slack(int record) {
    return record >>> SLACK_SHIFT;
  }

  /** The record of the block that starts at an address; 0 for none. */
  int get(long address) {
    int[] records = find(address);
    return records == null ? 0 : (int) RECORD.getAcquire(records, indexIn(records, address));
  }

  /** Enters a block of a kind of the page map that nobody else knows yet. */
  void enter(long address, int kind, int record) {
    int[] records = find(address);
    if (records == null || (records.length == CELLS && SizeClasses.isTiny(kind))) {
      records = make(address, kind);
    }
    RECORD.setRelease(records, indexIn(records, address), record);
  }

  /** Forgets a block that nobody else may touch. */
  void forget(long address) {
    int[] records = find(address);
    if (records != null) {
      RECORD.setRelease(records, indexIn(records, address), 0);
    }
  }

  /** Makes a live block a quarantined one; false if somebody else did or the record changed. */
  boolean claim(long address, int record) {
    int[] records = find(address);
    int claimed = (record & ~STATE_MASK) | QUARANTINED;
    return records != null
        && RECORD.compareAndSet(records, indexIn(records, address), record, claimed);
  }

  private int @Nullable [] find(long address) {
    int[] @Nullable [] all = slices;
    int slice = Region.sliceOf(address);
    return slice < all.length ? all[slice] : null;
  }

  /**
   * Gives a slice records that are fine enough for what starts at an address, which nobody else
   * knows. Those that it had are all 0 then, for no block of another kind is left in it: whoever
   * still looks at them finds what is true, no block.
   */
  private synchronized int[] make(long address, int kind) {
    int slice = Region.sliceOf(address);
    int[] @Nullable [] all = slices;
    if (slice >= all.length) {
      all = Arrays.copyOf(all, Math.max(slice + 1, 2 * all.length));
    }
    int[] records = all[slice];
    int wanted = SizeClasses.isTiny(kind) ? GRANULES : CELLS;
    if (records == null || records.length < wanted) {
      records = new int[wanted];
      all[slice] = records;
    }
    slices = all;
    return records;
  }

  private static int indexIn(int[] records, long address) {
    int shift = records.length == GRANULES ? Region.GRANULE_SHIFT : Region.POOL_CELL_SHIFT;
    return (int) (address >>> shift) & (records.length - 1);
  }

  /** Java heap that the records take, in bytes, without object headers. */
  synchronized long heapBytes() {
    long bytes = (long) slices.length * Integer.BYTES;
    for (int[] records : slices) {
      bytes += records == null ? 0 : (long) records.length * Integer.BYTES;
    }
    return bytes;
  }
}
