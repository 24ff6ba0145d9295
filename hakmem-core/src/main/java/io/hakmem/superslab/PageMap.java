// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;

/** For every slice of the region: which kind of block lies there, and whose slab it is. */
public final class PageMap {
  /*
   * One int a slice, off heap:
   *
   *    31                     16 15        8 7             0
   *   +-------------------------+-----------+---------------+
   *   | owner                   | 0         | kind          |
   *   +-------------------------+-----------+---------------+
   *
   * kind is 0 for a slice that holds nothing, 1 ... 76 the size class of a slab, ACE or HUGE. owner
   * is the number of the front cache that uses the slab, 0 for nobody's: a hint that routes frees,
   * never a question of soundness.
   *
   * Written under the lock of the structure that owns the slice, before the first block leaves and
   * after the last is back; read without a lock by whoever holds an address. Whoever frees a block
   * got its address from the thread that allocated it, and with it everything that happened before,
   * the entry included.
   */

  /** Kind of a slice inside a superslab of page-granular runs. */
  public static final int ACE = 0x7e;

  /** Kind of a slice inside a huge block. */
  public static final int HUGE = 0x7f;

  /** Position of the owner within an entry. */
  public static final int OWNER_SHIFT = 16;

  /** The owner of slabs that no front cache uses. */
  public static final int NO_OWNER = 0;

  /** Largest number of a front cache. */
  public static final int MAX_OWNER = 0x3fff;

  static final int ENTRY_SHIFT = 2;

  private static final int KIND_MASK = 0xff;

  private PageMap() {}

  /** The entry for an address of the region. */
  @HotPath
  public static int entry(long address) {
    return Memory.getInt(mapAddress(address));
  }

  /** Where the entry for an address lies. */
  @HotPath
  static long mapAddress(long address) {
    return (address >>> Region.SLICE_SHIFT << ENTRY_SHIFT) + Region.PAGE_MAP_BIAS;
  }

  /** Kind of a slice. */
  public static int kindOfSlice(int slice) {
    return kind(entry(Region.addressOf(slice)));
  }

  @HotPath
  public static int kind(int entry) {
    return entry & KIND_MASK;
  }

  @HotPath
  public static int owner(int entry) {
    return entry >>> OWNER_SHIFT;
  }

  /** Enters {@code count} slices from {@code slice} on. */
  public static void register(int slice, int count, int owner, int kind) {
    int entry = (owner << OWNER_SHIFT) | kind;
    long address = mapAddress(Region.addressOf(slice));
    for (int i = 0; i < count; i++) {
      Memory.putInt(address + ((long) i << ENTRY_SHIFT), entry);
    }
  }

  /** Forgets {@code count} slices from {@code slice} on. */
  public static void forget(int slice, int count) {
    register(slice, count, NO_OWNER, 0);
  }
}
