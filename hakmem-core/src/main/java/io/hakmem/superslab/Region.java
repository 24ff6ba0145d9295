// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.Bits;
import io.hakmem.memory.HotPath;

/** The region as constants of the just-in-time compiler. */
public final class Region {
  /*
   * Everything is a static final, so that compiled code holds base and limits as immediates; sizes
   * known to the Java compiler come first and do not initialise the class. A new reservation needs a
   * new class loader, which is a new allocator.
   */

  /** Blocks start at multiples of 16 bytes. */
  public static final int GRANULE_SHIFT = 4;

  /** One byte of the pool's live map stands for 1 KiB: pool blocks are larger. */
  public static final int POOL_CELL_SHIFT = 10;

  /** A slice is 64 KiB, the unit of the page map. */
  public static final int SLICE_SHIFT = 16;

  /** A superslab is 2 MiB, aligned: one huge page of the usual processors. */
  public static final int SUPERSLAB_SHIFT = 21;

  // Derived
  public static final long GRANULE_BYTES = 1L << GRANULE_SHIFT;
  public static final long SLICE_BYTES = 1L << SLICE_SHIFT;
  public static final long SUPERSLAB_BYTES = 1L << SUPERSLAB_SHIFT;
  public static final int SLICES_PER_SUPERSLAB = 1 << (SUPERSLAB_SHIFT - SLICE_SHIFT);

  /** Address space of one front cache. */
  public static final long CACHE_AREA_BYTES = 1L << Reservation.CACHE_AREA_SHIFT;

  /** Front caches are numbered up to below this; number 0 is nobody's. */
  public static final int CACHE_AREA_COUNT;

  /** Address of the first block of the region, a multiple of its size. */
  public static final long BASE;

  /** Bytes of the region, a power of two. */
  public static final long BYTES;

  private static final int SHIFT;

  /** What all addresses of the region have in common, moved to the right. */
  private static final long PREFIX;

  private static final long CACHE_AREAS;
  static final long LIVE_BIAS;
  static final long POOL_LIVE_BIAS;
  static final long PAGE_MAP_BIAS;

  static {
    Reservation reservation = Reservation.installed();
    BASE = reservation.base();
    BYTES = reservation.regionBytes();
    SHIFT = Bits.log2(BYTES);
    PREFIX = BASE >>> SHIFT;
    CACHE_AREAS = reservation.cacheAreas();
    CACHE_AREA_COUNT = reservation.cacheAreaCount();
    LIVE_BIAS = reservation.liveMap() - (BASE >>> GRANULE_SHIFT);
    POOL_LIVE_BIAS = reservation.poolLiveMap() - (BASE >>> POOL_CELL_SHIFT);
    PAGE_MAP_BIAS = reservation.pageMap() - (BASE >>> SLICE_SHIFT << PageMap.ENTRY_SHIFT);
    Bits.require((BASE & (BYTES - 1)) == 0, "the region starts at a multiple of its size");
  }

  private Region() {}

  /** Whether an address lies in the region. */
  public static boolean contains(long address) {
    return address >>> SHIFT == PREFIX;
  }

  /** Whether an address lies in the region and is a multiple of 16. */
  @HotPath
  public static boolean containsGranule(long address) {
    // The rotation moves the bits that must be zero above those that must be PREFIX.
    return Long.rotateRight(address, GRANULE_SHIFT) >>> (SHIFT - GRANULE_SHIFT) == PREFIX;
  }

  /** Number of the slice that holds an address of the region. */
  public static int sliceOf(long address) {
    return (int) ((address - BASE) >>> SLICE_SHIFT);
  }

  /** Address of the area of the front cache with a number. */
  public static long cacheArea(int owner) {
    return CACHE_AREAS + ((long) owner << Reservation.CACHE_AREA_SHIFT);
  }

  /** Address of a slice. */
  public static long addressOf(int slice) {
    return BASE + ((long) slice << SLICE_SHIFT);
  }
}
