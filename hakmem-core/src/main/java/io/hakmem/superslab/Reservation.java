// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The address space of one allocator: blocks, and the maps that describe them.
 *
 * @param os where it came from
 * @param regionBytes bytes for blocks, a power of two
 * @param base address of the first block, a multiple of {@code regionBytes}
 * @param liveMap address of the tiny live map, one byte for 16
 * @param poolLiveMap address of the pool's live map, one byte for 1024
 * @param pageMap address of the page map, four bytes for 64 KiB
 * @param cacheAreas address of the areas of the front caches
 */
public record Reservation(
    OsMemory os,
    long regionBytes,
    long base,
    long liveMap,
    long poolLiveMap,
    long pageMap,
    long cacheAreas) {
  /*
   * The address of a map entry is (address >>> shift) + bias. Where the system lets us choose, the
   * maps lie at base >>> shift, so that every bias is 0 and compiled code needs neither the addition
   * nor the constant (it saves 1 ns of 12, see DECISIONS.md):
   *
   *   base >>> 14         base >>> 10         base >>> 4                  base = k TiB
   *   |                   |                   |                           |
   *   v                   v                   v                           v
   *   +----------+        +---------------+   +--------------+            +---------- ... ---+
   *   | page map |        | pool live map |   | live map     |            | blocks           |
   *   +----------+        +---------------+   +--------------+            +---------- ... ---+
   *   4 GiB +             64 GiB +            4 TiB +                      64 TiB +
   *
   * The areas of the front caches lie right below base. k is random and beyond the places that a JVM
   * uses for heap, classes and libraries. It is no multiple of four: with one, an allocation and its
   * free took 5.8 ns in place of 3.7 on an AMD EPYC (see DECISIONS.md). Where the system does not go
   * along, one piece takes all, and the biases are what they are.
   *
   * The maps are readable from the start, so that any address of the region can be looked up, and
   * become writable piece by piece together with the superslabs that they describe.
   *
   * A system that refuses the size wanted has little address space, or promises little memory, and the
   * rest of the process has to live as well: a smaller size is taken only if twice as much could be
   * had.
   */

  /** The smallest region, one piece of the maps: 64 MiB. */
  public static final long MIN_REGION_BYTES = 64L << 20;

  /** Area of one front cache: 256 KiB of address space. */
  static final int CACHE_AREA_SHIFT = 18;

  /** At most a quarter of the region is address space of front caches. */
  private static final int CACHE_AREAS_SHARE_SHIFT = 2;

  private static final int PAGE_MAP_SHIFT = Region.SLICE_SHIFT - PageMap.ENTRY_SHIFT;

  private static final long CHOSEN_FROM = 64L << 40;
  private static final long CHOSEN_TO = 120L << 40;
  private static final long CHOSEN_STEP = 1L << 40;
  private static final int CHOICES = 8;

  /** No region begins at a multiple of this, see above, unless it is larger. */
  static final long SLOW_STEP = 4L << 40;

  // Makes the instance known to Region, whose constants are read from it exactly once.
  private static volatile @Nullable Reservation installed;

  /** A range of address space. */
  private record Range(long address, long byteSize) {}

  /**
   * Reserves a region of the given size, or half of it as often as the system refuses; null if even
   * the smallest is refused.
   */
  public static @Nullable Reservation reserve(OsMemory os, long regionBytes) {
    for (long bytes = regionBytes; bytes >= MIN_REGION_BYTES; bytes >>= 1) {
      Reservation reservation =
          bytes == regionBytes || leavesRoom(os, bytes) ? reserveSize(os, bytes) : null;
      if (reservation != null) {
        reservation.label();
        return reservation;
      }
    }
    return null;
  }

  /** Lets everybody find the ranges in /proc/PID/smaps, and sum them up. */
  private void label() {
    forEachRange((name, address, byteSize) -> os.label(address, byteSize, "hakmem " + name));
  }

  private static boolean leavesRoom(OsMemory os, long bytes) {
    long both = 2 * (bytes + mapBytes(os, bytes));
    long address = os.reserve(Memory.NULL, both);
    if (address != Memory.NULL) {
      os.release(address, both);
    }
    return address != Memory.NULL;
  }

  private static @Nullable Reservation reserveSize(OsMemory os, long bytes) {
    for (int i = 0; i < CHOICES; i++) {
      Reservation chosen = reserveChosen(os, bytes, chooseBase(bytes));
      if (chosen != null) {
        return chosen;
      }
    }
    return reserveAnywhere(os, bytes);
  }

  private static long chooseBase(long bytes) {
    long step = Math.max(bytes, CHOSEN_STEP);
    long base;
    do {
      base =
          CHOSEN_FROM
              + step * ThreadLocalRandom.current().nextLong((CHOSEN_TO - CHOSEN_FROM) / step);
    } while (isSlow(base) && step < SLOW_STEP);
    return base;
  }

  private static boolean isSlow(long base) {
    return base % SLOW_STEP == 0;
  }

  private static @Nullable Reservation reserveChosen(OsMemory os, long bytes, long base) {
    Reservation wanted =
        new Reservation(
            os,
            bytes,
            base,
            base >>> Region.GRANULE_SHIFT,
            base >>> Region.POOL_CELL_SHIFT,
            base >>> PAGE_MAP_SHIFT,
            base - cacheAreasBytes(bytes));
    List<Range> ranges = wanted.ranges();
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      boolean reserved = os.reserve(range.address(), range.byteSize()) == range.address();
      if (!reserved || !wanted.allowRead(range)) {
        ranges
            .subList(0, reserved ? i + 1 : i)
            .forEach(taken -> os.release(taken.address(), taken.byteSize()));
        return null;
      }
    }
    return wanted;
  }

  private static @Nullable Reservation reserveAnywhere(OsMemory os, long bytes) {
    long mapBytes = mapBytes(os, bytes);
    long total = mapBytes + 2 * bytes;
    long address = os.reserve(Memory.NULL, total);
    if (address == Memory.NULL) {
      return null;
    }
    long base = Bits.alignUp(address + mapBytes, bytes);
    long liveMap = base - mapBytes;
    long poolLiveMap = liveMap + (bytes >>> Region.GRANULE_SHIFT);
    long pageMap = poolLiveMap + (bytes >>> Region.POOL_CELL_SHIFT);
    Reservation found =
        new Reservation(
            os, bytes, base, liveMap, poolLiveMap, pageMap, base - cacheAreasBytes(bytes));
    if (!found.ranges().stream().allMatch(found::allowRead)) {
      os.release(address, total);
      return null;
    }
    trim(os, address, base - mapBytes);
    trim(os, base + bytes, address + total);
    return found;
  }

  /** Bytes of everything but the blocks. */
  private static long mapBytes(OsMemory os, long regionBytes) {
    return (regionBytes >>> Region.GRANULE_SHIFT)
        + (regionBytes >>> Region.POOL_CELL_SHIFT)
        + Bits.alignUp(regionBytes >>> PAGE_MAP_SHIFT, os.pageBytes())
        + cacheAreasBytes(regionBytes);
  }

  private static long cacheAreasBytes(long regionBytes) {
    long most = (PageMap.MAX_OWNER + 1L) << CACHE_AREA_SHIFT;
    return Math.min(most, regionBytes >>> CACHE_AREAS_SHARE_SHIFT);
  }

  /** Makes a range readable if it is one of the maps, which are read before they are written. */
  private boolean allowRead(Range range) {
    boolean map = range.address() != base && range.address() != cacheAreas;
    return !map || os.allowRead(range.address(), range.byteSize());
  }

  private static void trim(OsMemory os, long from, long to) {
    if (from < to) {
      os.release(from, to - from);
    }
  }

  private List<Range> ranges() {
    return List.of(
        new Range(base, regionBytes),
        new Range(liveMap, regionBytes >>> Region.GRANULE_SHIFT),
        new Range(poolLiveMap, regionBytes >>> Region.POOL_CELL_SHIFT),
        new Range(pageMap, Bits.alignUp(regionBytes >>> PAGE_MAP_SHIFT, os.pageBytes())),
        new Range(cacheAreas, cacheAreasBytes(regionBytes)));
  }

  /** How many front caches have an area, the one of {@link PageMap#NO_OWNER} included. */
  int cacheAreaCount() {
    return (int) (cacheAreasBytes(regionBytes) >>> CACHE_AREA_SHIFT);
  }

  /** Address space in bytes, blocks and maps. */
  public long byteSize() {
    return ranges().stream().mapToLong(Range::byteSize).sum();
  }

  /** Takes part in nothing but statistics: calls {@code sink} for each range of addresses. */
  public void forEachRange(RangeSink sink) {
    List<String> names = List.of("blocks", "live map", "pool live map", "page map", "caches");
    for (int i = 0; i < names.size(); i++) {
      sink.accept(names.get(i), ranges().get(i).address(), ranges().get(i).byteSize());
    }
  }

  /** Receives a named range of addresses. */
  @FunctionalInterface
  public interface RangeSink {
    void accept(String name, long address, long byteSize);
  }

  /** Makes this the reservation behind {@link Region}; called once, before Region is first used. */
  public void install() {
    installed = this;
  }

  static Reservation installed() {
    Reservation reservation = installed;
    if (reservation == null) {
      throw new IllegalStateException("no reservation is installed");
    }
    return reservation;
  }
}
