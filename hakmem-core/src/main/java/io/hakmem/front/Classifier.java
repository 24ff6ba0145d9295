// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.large.LargeBlocks;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;

/** What lies at an address: class, size, live or not, and why it cannot be freed. Any thread. */
public final class Classifier {
  /*
   * The fast paths answer these questions for themselves, in one or two loads; here is everything
   * else. Nothing is read but the maps and, for addresses inside blocks and for large ones, the
   * structures behind them: never the memory of the process.
   *
   * An answer about a block is exact for whoever holds it. About somebody else's block it may be
   * outdated when it arrives.
   */

  private final Depot[] depots;
  private final LargeBlocks large;

  public Classifier(Depot[] depots, LargeBlocks large) {
    this.depots = depots;
    this.large = large;
  }

  /** Bytes of the live block that starts at an address; 0 if none does. */
  public long usableSize(long address) {
    int kind = kindAt(address);
    if (kind > SizeClasses.MAX_CLASS) {
      return large.usableSize(address, kind);
    }
    return kind == 0 ? 0 : SizeClasses.bytes(liveClassAt(address, kind));
  }

  /** Why an address cannot be freed; a {@link FreeResult}. */
  public int explain(long address) {
    if (!Region.contains(address)) {
      return FreeResult.FOREIGN;
    }
    int kind = kindAt(address);
    if (kind == 0) {
      return FreeResult.NOT_ALLOCATED;
    }
    if (kind > SizeClasses.MAX_CLASS) {
      return large.explain(address, kind);
    }
    long start = depots[kind].blockStart(address);
    if (start != Memory.NULL && isSealed(start, kind)) {
      return FreeResult.FOREIGN;
    }
    return start != Memory.NULL && start != address && liveClassAt(start, kind) != 0
        ? FreeResult.INTERIOR
        : FreeResult.NOT_ALLOCATED;
  }

  /**
   * Start of the block, live or free, that contains an address; {@link Memory#NULL} if none does.
   */
  public long startOf(long address) {
    int kind = kindAt(address);
    if (kind > SizeClasses.MAX_CLASS) {
      return large.startOf(address, kind);
    }
    return kind == 0 ? Memory.NULL : depots[kind].blockStart(address);
  }

  /** {@link FreeResult#FREED} if a block may be freed with a size, else why not. */
  public int checkSize(long address, long byteSize) {
    int kind = kindAt(address);
    if (kind > SizeClasses.MAX_CLASS) {
      long usable = large.usableSize(address, kind);
      return usable == 0
          ? large.explain(address, kind)
          : usable == large.roundUp(byteSize) ? FreeResult.FREED : FreeResult.WRONG_SIZE;
    }
    int sizeClass = kind == 0 ? 0 : liveClassAt(address, kind);
    if (sizeClass == 0) {
      return explain(address);
    }
    boolean fits =
        isLoose(address, kind)
            ? byteSize <= SizeClasses.bytes(sizeClass)
            : byteSize <= SizeClasses.MAX_BYTES && SizeClasses.classOf(byteSize) == sizeClass;
    return fits ? FreeResult.FREED : FreeResult.WRONG_SIZE;
  }

  /**
   * Changes the size of a live block without moving it; false if it has to move. A block keeps its
   * place while at least half of it stays in use, a huge one always.
   */
  public boolean resize(long address, long usable, long byteSize) {
    int kind = kindAt(address);
    if (kind > SizeClasses.MAX_CLASS) {
      return (kind == PageMap.HUGE || byteSize >= usable / 2)
          && large.resize(address, byteSize, kind);
    }
    if (byteSize > usable || byteSize < usable / 2) {
      return false;
    }
    if (SizeClasses.classOf(byteSize) != kind) {
      markLoose(address, kind);
    }
    return true;
  }

  /**
   * Changes the size of a live huge block that stays huge by moving its pages; its new address, or
   * {@link Memory#NULL} if it is not huge or no memory is to be had, then nothing has changed.
   */
  public long move(long address, long byteSize) {
    return kindAt(address) == PageMap.HUGE ? large.move(address, byteSize) : Memory.NULL;
  }

  /** Whether a block of one size that is asked to take another one can move by its pages. */
  public boolean canMove(long address, long byteSize) {
    return kindAt(address) == PageMap.HUGE && large.isHuge(byteSize);
  }

  private static int kindAt(long address) {
    return Region.contains(address) ? PageMap.kindOfSlice(Region.sliceOf(address)) : 0;
  }

  /** {@code kind} if a live block of that class starts at an address, else 0. */
  static int liveClassAt(long address, int kind) {
    boolean live =
        Region.containsGranule(address)
            && (kind <= SizeClasses.TINY_CLASSES
                ? (LiveMap.get(address) & ~LiveMap.LOOSE) == kind
                : PoolLiveMap.isLive(address, PoolLiveMap.carvedAt(address)));
    return live ? kind : 0;
  }

  private static boolean isLoose(long address, int kind) {
    return kind <= SizeClasses.TINY_CLASSES
        ? (LiveMap.get(address) & LiveMap.LOOSE) != 0
        : (PoolLiveMap.get(address) & PoolLiveMap.LOOSE) != 0;
  }

  static void markLoose(long address, int kind) {
    if (kind <= SizeClasses.TINY_CLASSES) {
      LiveMap.set(address, kind | LiveMap.LOOSE);
    } else {
      PoolLiveMap.set(address, PoolLiveMap.get(address) | PoolLiveMap.LOOSE);
    }
  }

  // ---- blocks that are the memory of arenas and heaps

  /**
   * Seals the live block that starts at an address, which the caller holds: for everybody else its
   * addresses are {@link FreeResult#FOREIGN}, as if it belonged to another allocator.
   */
  public void seal(long address) {
    int kind = PageMap.kind(PageMap.entry(address));
    if (kind > SizeClasses.MAX_CLASS) {
      large.seal(address);
    } else if (kind <= SizeClasses.TINY_CLASSES) {
      LiveMap.set(address, LiveMap.SEALED);
    } else {
      PoolLiveMap.set(address, PoolLiveMap.get(address) | PoolLiveMap.SEALED);
    }
  }

  /** Makes a block of {@link #seal} one that can be freed. */
  public void unseal(long address) {
    int kind = PageMap.kind(PageMap.entry(address));
    if (kind > SizeClasses.MAX_CLASS) {
      large.unseal(address);
    } else if (kind <= SizeClasses.TINY_CLASSES) {
      LiveMap.set(address, kind);
    } else {
      PoolLiveMap.set(address, PoolLiveMap.get(address) & ~PoolLiveMap.SEALED);
    }
  }

  private static boolean isSealed(long start, int kind) {
    return kind <= SizeClasses.TINY_CLASSES
        ? LiveMap.get(start) == LiveMap.SEALED
        : (PoolLiveMap.get(start) & PoolLiveMap.SEALED) != 0;
  }

  // ---- marks of blocks that have a class

  /**
   * Marks the free block of a class as live; false if it is not free, the trace of frees that
   * raced.
   */
  static boolean markLive(long address, int sizeClass) {
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      if (LiveMap.get(address) != -sizeClass) {
        return false;
      }
      LiveMap.set(address, sizeClass);
      return true;
    }
    int state = PoolLiveMap.get(address);
    if ((state & ~PoolLiveMap.ZERO) != PoolLiveMap.carvedAt(address)
        || PageMap.kind(PageMap.entry(address)) != sizeClass) {
      return false;
    }
    PoolLiveMap.set(address, state | PoolLiveMap.LIVE);
    return true;
  }

  /** Marks the live block of a class that starts at an address as free; false if there is none. */
  static boolean markFree(long address, int sizeClass) {
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      if (Checks.ENABLED) {
        if ((LiveMap.get(address) & ~LiveMap.LOOSE) != sizeClass) {
          return false;
        }
        LiveMap.set(address, -sizeClass);
      }
      return true;
    }
    int carved = PoolLiveMap.carvedAt(address);
    if (!PoolLiveMap.isLive(address, carved)) {
      return false;
    }
    PoolLiveMap.set(address, carved);
    return true;
  }

  /**
   * Moves the free blocks of a refill to its front, in their order; how many. Others are the trace
   * of frees that raced.
   */
  static int keepFree(int sizeClass, long[] blocks, int count) {
    // The allocations that follow ask the same again. But what other cores freed has its bytes in
    // lines that they wrote last, and a loop that does nothing else fetches many of them at a time.
    if (!Checks.ENABLED || sizeClass > SizeClasses.TINY_CLASSES) {
      return count;
    }
    int free = 0;
    for (int i = 0; i < count; i++) {
      long address = blocks[i];
      if (LiveMap.get(address) == -sizeClass) {
        blocks[free++] = address;
      }
    }
    return free;
  }

  /** Whether a block just allocated reads as zero. */
  static boolean isKnownZero(long address, long byteSize) {
    return byteSize > SizeClasses.MAX_TINY_BYTES
        && (PoolLiveMap.get(address) & PoolLiveMap.ZERO) != 0;
  }

  /** The class that serves a size at an alignment; 0 if none does. */
  static int alignedClassOf(long byteSize, long alignment) {
    return alignment <= Region.SLICE_BYTES && byteSize >= 0
        ? SizeClasses.alignedClassOf(byteSize, Math.max(alignment, Region.GRANULE_BYTES))
        : 0;
  }
}
