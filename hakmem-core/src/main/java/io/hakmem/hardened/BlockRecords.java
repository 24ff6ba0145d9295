// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.memory.Bits;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.PageMap;
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

  /** Records of one slice for blocks that may start at any granule. */
  private static final class Granules {
    final int[] records = new int[(int) (Region.SLICE_BYTES >>> Region.GRANULE_SHIFT)];
  }

  /** Records of one superslab. */
  private static final class Page {
    final int[] cells = new int[(int) (Region.SUPERSLAB_BYTES >>> Region.POOL_CELL_SHIFT)];
    final @Nullable Granules[] granules = new @Nullable Granules[Region.SLICES_PER_SUPERSLAB];
  }

  private volatile @Nullable Page[] pages = new @Nullable Page[MIN_DIRECTORY];

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

  /** Enters a block that nobody else knows yet. */
  void enter(long address, int record) {
    int[] records = find(address);
    records = records != null ? records : make(address);
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
    @Nullable Page[] all = pages;
    int index = pageOf(address);
    Page page = index < all.length ? all[index] : null;
    if (page == null || !isTiny(address)) {
      return page == null ? null : page.cells;
    }
    Granules granules = page.granules[placeOf(address)];
    return granules == null ? null : granules.records;
  }

  private synchronized int[] make(long address) {
    int index = pageOf(address);
    @Nullable Page[] all = pages;
    if (index >= all.length) {
      all = Arrays.copyOf(all, Math.max(index + 1, 2 * all.length));
    }
    Page page = all[index];
    if (page == null) {
      page = new Page();
      all[index] = page;
      pages = all;
    }
    if (!isTiny(address)) {
      return page.cells;
    }
    Granules granules = page.granules[placeOf(address)];
    if (granules == null) {
      granules = new Granules();
      page.granules[placeOf(address)] = granules;
    }
    return granules.records;
  }

  private static int indexIn(int[] records, long address) {
    int shift =
        records.length == Region.SLICE_BYTES >>> Region.GRANULE_SHIFT
            ? Region.GRANULE_SHIFT
            : Region.POOL_CELL_SHIFT;
    return (int) (address >>> shift) & (records.length - 1);
  }

  private static boolean isTiny(long address) {
    return PageMap.kind(PageMap.entry(address)) <= SizeClasses.TINY_CLASSES;
  }

  private static int pageOf(long address) {
    return (int) ((address - Region.BASE) >>> Region.SUPERSLAB_SHIFT);
  }

  private static int placeOf(long address) {
    return Region.sliceOf(address) % Region.SLICES_PER_SUPERSLAB;
  }

  /** Java heap that the records take, in bytes, without object headers. */
  synchronized long heapBytes() {
    long bytes = (long) pages.length * Integer.BYTES;
    for (Page page : pages) {
      if (page != null) {
        bytes += (long) page.cells.length * Integer.BYTES;
        for (Granules granules : page.granules) {
          bytes += granules == null ? 0 : (long) granules.records.length * Integer.BYTES;
        }
      }
    }
    return bytes;
  }
}
