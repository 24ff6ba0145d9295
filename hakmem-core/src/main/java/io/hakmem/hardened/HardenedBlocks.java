// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.hardened.Corruption.Kind;
import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.memory.OutOfLine;
import io.hakmem.os.OsMemory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;
import org.jspecify.annotations.Nullable;

/** Blocks with red zones behind them, which are poisoned and kept for a while when freed. */
public final class HardenedBlocks {
  /*
   * allocate   a plain block of at least 16 bytes more; the rest behind the end becomes the red zone, of
   *            large blocks the last page a guard page, if one is to be had
   * free       the record goes from LIVE to QUARANTINED, which one thread does; the red zone and the
   *            word before the block are checked; then the block is poisoned, a large one forbidden
   *            instead, and goes to quarantine
   * leave      drawn when the quarantine is too full: poison and red zone are checked, the record is
   *            forgotten, the plain block is freed
   *
   * The address is that of the plain block: alignment, arenas' seals and the maps of the layers below
   * stay what they are, and for these a block in quarantine is live.
   *
   * The word before a block is the last of the red zone of the one before. It holds a canary from the
   * first time that this was allocated as long as it is live or in quarantine: red zones are not
   * poisoned. So it can be checked without the other's owner.
   *
   * allocate and free are compiled by themselves. They lie deep below the public API, and an access to
   * memory has eight frames of the JDK's: inlined into what calls them, they pass the depth and the size
   * at which C2 stops, and it stops in the middle of an access.
   */

  /** Forbidden blocks take no memory, so more of them may wait. */
  private static final int FORBIDDEN_FACTOR = 16;

  private static final int MOST_FORBIDDEN = 256;

  private static final int MAX_STRIPES = 16;

  private final PlainBlocks plain;
  private final GuardPages guards;
  private final int pageBytes;
  private final BlockRecords records = new BlockRecords();
  private final Findings findings = new Findings();

  /** Poisoned blocks, by thread; a power of two. */
  private final Quarantine[] poisoned;

  /** Large blocks that nobody can touch. */
  private final Quarantine forbidden;

  /** Forbidden blocks that the system would not permit again: never to be had. */
  private long lostBytes;

  /** Blocks of which at most {@code quarantineBytes} of memory stay in quarantine. */
  public HardenedBlocks(PlainBlocks plain, OsMemory os, long quarantineBytes) {
    this.plain = plain;
    guards = new GuardPages(os);
    pageBytes = os.pageBytes();
    int cores = Runtime.getRuntime().availableProcessors();
    poisoned = new Quarantine[Math.min(Integer.highestOneBit(2 * cores - 1), MAX_STRIPES)];
    for (int i = 0; i < poisoned.length; i++) {
      poisoned[i] = new Quarantine(quarantineBytes / poisoned.length, Integer.MAX_VALUE);
    }
    forbidden = new Quarantine(FORBIDDEN_FACTOR * quarantineBytes, MOST_FORBIDDEN);
  }

  // ---- allocate

  /** As {@link PlainBlocks#allocate}. */
  @OutOfLine
  public long allocate(long byteSize, long alignment, boolean zeroed) {
    if (byteSize < 0 || byteSize > Region.BYTES) {
      return Memory.NULL;
    }
    long requested = Math.max(byteSize, 1);
    long plainBytes = requested + Fill.LEAST_BYTES;
    boolean hasClass = plainBytes <= SizeClasses.MAX_BYTES;
    if (!hasClass) {
      plainBytes += pageBytes;
    }
    long address = plain.allocate(plainBytes, alignment, zeroed);
    if (address == Memory.NULL) {
      return Memory.NULL;
    }
    boolean armed = false;
    try {
      // Mostly the class follows from the size: then nothing waits for the page map.
      boolean follows = hasClass && alignment <= Region.GRANULE_BYTES;
      int kind = follows ? SizeClasses.classOf(plainBytes) : kindOf(address);
      long usable =
          kind <= SizeClasses.MAX_CLASS ? SizeClasses.bytes(kind) : plain.usableSize(address);
      long slack = usable - requested;
      long zoneEnd = address + usable;
      boolean guarded = false;
      if (kind > SizeClasses.MAX_CLASS && slack >= Fill.LEAST_BYTES + pageBytes) {
        records.enter(address, kind, 0); // makes room first: a guard must not be lost
        guarded = guards.raise(zoneEnd - pageBytes, pageBytes);
        zoneEnd -= guarded ? pageBytes : 0;
      }
      Fill.drawRedZone(address, address + requested, zoneEnd);
      records.enter(address, kind, BlockRecords.of(BlockRecords.LIVE, slack, guarded));
      armed = true;
    } finally {
      if (!armed) { // the Java heap has no room for the record
        int ignored = plain.free(address);
      }
    }
    return address;
  }

  private static int kindOf(long address) {
    return PageMap.kind(PageMap.entry(address));
  }

  // ---- free

  /**
   * Frees the live block that starts at an address; of two that race for it one does. A {@link
   * FreeResult}: if it is {@link FreeResult#CORRUPTED}, the block is freed all the same, and {@link
   * #takeFinding} says what was found.
   *
   * @param byteSize what was last requested for the block, or negative if the caller does not say
   */
  @OutOfLine
  public int free(long address, long byteSize) {
    long usable = plain.usableSize(address);
    if (usable == 0) {
      return explain(address);
    }
    int kind = kindOf(address);
    int record = records.get(address);
    if (BlockRecords.state(record) != BlockRecords.LIVE) {
      return explain(address);
    }
    long requested = usable - BlockRecords.slack(record);
    if (byteSize >= 0 && Math.max(byteSize, 1) != requested) {
      return FreeResult.WRONG_SIZE;
    }
    if (!records.claim(address, record)) {
      return FreeResult.NOT_ALLOCATED;
    }
    boolean found = isWrittenBehind(address, requested, zoneEnd(address, usable, record));
    boolean hasClass = kind <= SizeClasses.MAX_CLASS;
    found |= hasClass && isWrittenBefore(address, requested, kind);
    if (!hasClass && retireForbidden(address, usable, record)) {
      return result(found);
    }
    Quarantine mine = poisoned[(int) Thread.currentThread().threadId() & (poisoned.length - 1)];
    if (!mine.admits(usable)) {
      leave(address, usable, record);
      return result(found);
    }
    long what =
        hasClass
            ? Quarantine.describe(requested, kind)
            : Quarantine.describe(usable, Quarantine.NO_CLASS);
    mine.claim();
    // Nobody may draw it before it is poisoned. Nor is it poisoned before the claim, for an atomic
    // waits until all writes before it have reached the cache, and these miss it.
    Fill.poison(address, requested);
    long leaving = mine.exchange(address, what);
    what = mine.taken();
    boolean more = mine.isOver();
    mine.release();
    while (leaving != Memory.NULL) {
      found |= leavePoisoned(leaving, what);
      leaving = Memory.NULL;
      if (more) {
        mine.claim();
        leaving = mine.takeExcess();
        what = mine.taken();
        more = mine.isOver();
        mine.release();
      }
    }
    return result(found);
  }

  private int result(boolean found) {
    return findings.bringUp(found) ? FreeResult.CORRUPTED : FreeResult.FREED;
  }

  private boolean isWrittenBehind(long address, long requested, long zoneEnd) {
    long bad = Fill.checkRedZone(address, address + requested, zoneEnd);
    if (bad == Fill.INTACT) {
      return false;
    }
    Fill.drawRedZone(address, address + requested, zoneEnd); // told once, not again when it leaves
    return tell(Kind.OVERFLOW, address, requested, bad);
  }

  private boolean tell(Kind kind, long address, long requested, long bad) {
    findings.tell(new Corruption(kind, address, requested, bad - address));
    return true;
  }

  private long zoneEnd(long address, long usable, int record) {
    return address + usable - (BlockRecords.isGuarded(record) ? pageBytes : 0);
  }

  private boolean isWrittenBefore(long address, long requested, int kind) {
    long before = address - SizeClasses.bytes(kind);
    // A word of the block's own page can be read whoever has it, and mostly that is all: then the
    // record of the block before, a cache miss, is not asked for.
    return ((address & (pageBytes - 1)) == 0 || Fill.checkLastWord(before, address) != Fill.INTACT)
        && isWrittenBeforeSlow(address, before, requested, kind);
  }

  private boolean isWrittenBeforeSlow(long address, long before, long requested, int kind) {
    // Once more, should it have left, been purged and come back meanwhile.
    if (!isUsedBlock(before, kind)) {
      return false;
    }
    long bad = Fill.checkLastWord(before, address);
    return bad != Fill.INTACT
        && isUsedBlock(before, kind)
        && tell(Kind.UNDERFLOW, address, requested, bad);
  }

  /** Whether a block of a class that is live or in quarantine starts at an address. */
  private boolean isUsedBlock(long address, int sizeClass) {
    return Region.contains(address)
        && kindOf(address) == sizeClass
        && (sizeClass <= SizeClasses.TINY_CLASSES || startsInCell(address))
        && records.get(address) != 0;
  }

  /** A record stands for the cell, so the start has to be asked for. */
  private static boolean startsInCell(long address) {
    int carved = PoolLiveMap.carvedAt(address);
    return (PoolLiveMap.get(address) & (carved | PoolLiveMap.START)) == carved;
  }

  /** Sends a large block that the caller claimed to quarantine; false if it has to be poisoned. */
  private boolean retireForbidden(long address, long usable, int record) {
    if (!forbidden.admits(usable) || !guards.raise(address, usable)) {
      return false;
    }
    if (BlockRecords.isGuarded(record)) {
      guards.merge();
    }
    forbidden.claim();
    boolean kept = forbidden.add(address, Quarantine.describe(usable, Quarantine.NO_CLASS));
    forbidden.release();
    if (!kept) {
      leaveForbidden(address);
    }
    for (long old = takeForbidden(false); old != Memory.NULL; old = takeForbidden(false)) {
      leaveForbidden(old);
    }
    return true;
  }

  /** A block that is too much, or any one; {@link Memory#NULL} if there is none. */
  private long takeForbidden(boolean any) {
    forbidden.claim();
    long old = any ? forbidden.takeAny() : forbidden.takeExcess();
    forbidden.release();
    return old;
  }

  /** Frees a block from quarantine for good; whether it was written to there. */
  private boolean leavePoisoned(long address, long what) {
    int sizeClass = Quarantine.sizeClass(what);
    long requested = Quarantine.bytes(what);
    long usable = SizeClasses.bytes(sizeClass);
    long zoneEnd = address + usable;
    int record = 0;
    if (sizeClass == Quarantine.NO_CLASS) {
      usable = requested;
      record = records.get(address);
      requested -= BlockRecords.slack(record);
      zoneEnd = zoneEnd(address, usable, record);
    }
    long bad = Fill.checkPoison(address, requested);
    if (bad == Fill.INTACT) {
      bad = Fill.checkRedZone(address, address + requested, zoneEnd);
    }
    boolean found = bad != Fill.INTACT && tell(Kind.WRITE_AFTER_FREE, address, requested, bad);
    leave(address, usable, record);
    return found;
  }

  /** Frees a block that is as the program had it, but for its contents. */
  private void leave(long address, long usable, int record) {
    boolean accessible =
        !BlockRecords.isGuarded(record) || lower(zoneEnd(address, usable, record), pageBytes);
    leave(address, usable, accessible);
  }

  private void leaveForbidden(long address) {
    long usable = plain.usableSize(address);
    leave(address, usable, lower(address, usable));
  }

  private boolean lower(long address, long byteSize) {
    return guards.lower(address, byteSize);
  }

  private void leave(long address, long usable, boolean accessible) {
    if (accessible) {
      records.forget(address);
      int ignored = plain.free(address);
    } else {
      synchronized (this) {
        lostBytes += usable;
      }
    }
  }

  /** Frees everything that is in quarantine; what is found then waits for somebody's free. */
  public void flush() {
    for (Quarantine each : poisoned) {
      boolean left = true;
      while (left) {
        left = leaveAny(each);
      }
    }
    for (long old = takeForbidden(true); old != Memory.NULL; old = takeForbidden(true)) {
      leaveForbidden(old);
    }
  }

  /** Frees any block of a quarantine for good; false if there is none. */
  private boolean leaveAny(Quarantine from) {
    from.claim();
    long old = from.takeAny();
    long what = from.taken();
    from.release();
    if (old != Memory.NULL && leavePoisoned(old, what)) {
      findings.postpone();
    }
    return old != Memory.NULL;
  }

  // ---- questions

  /** What was requested for the live block that starts at an address; 0 if none does. */
  public long usableSize(long address) {
    long usable = plain.usableSize(address);
    int record = usable == 0 ? 0 : records.get(address);
    return BlockRecords.state(record) == BlockRecords.LIVE
        ? usable - BlockRecords.slack(record)
        : 0;
  }

  /** Why an address cannot be freed; a {@link FreeResult}. */
  public int explain(long address) {
    int why = plain.explain(address);
    if (why != FreeResult.INTERIOR) {
      return why;
    }
    long start = plain.startOf(address);
    // Behind its last granule a block has red zone and guard, which belong to nobody.
    boolean inside =
        start != Memory.NULL
            && start != address
            && address - start < Bits.alignUp(usableSize(start), Region.GRANULE_BYTES);
    return inside ? FreeResult.INTERIOR : FreeResult.NOT_ALLOCATED;
  }

  /** Leaves what a free of the calling thread's found to the next one of anybody's. */
  public void postponeFinding() {
    findings.postpone();
  }

  /** What the calling thread's last free found, or what waited for it; null for nothing. */
  public @Nullable Corruption takeFinding() {
    boolean ignored = findings.bringUp(false);
    return findings.take();
  }

  // ---- statistics

  /** Freed blocks that are not to be had yet, of each class; as class 0 those of none. */
  public long[] quarantinedBlocks() {
    long[] byClass = new long[SizeClasses.MAX_CLASS + 1];
    forbidden.count(byClass);
    for (Quarantine each : poisoned) {
      each.count(byClass);
    }
    return byClass;
  }

  /** Bytes of freed blocks that are not to be had yet. */
  public long quarantinedBytes() {
    long bytes = forbidden.bytes();
    for (Quarantine each : poisoned) {
      bytes += each.bytes();
    }
    synchronized (this) {
      return bytes + lostBytes;
    }
  }

  /** Java heap that records and quarantine take, in bytes, without object headers. */
  public long heapBytes() {
    long bytes = records.heapBytes() + forbidden.heapBytes();
    for (Quarantine each : poisoned) {
      bytes += each.heapBytes();
    }
    return bytes;
  }

  /** Ranges that nobody may touch at the moment. */
  public int guardCount() {
    return guards.count();
  }

  /** Checks the quarantine; throws {@link IllegalStateException}. */
  public void verify() {
    for (Quarantine each : poisoned) {
      each.verify(records);
    }
    forbidden.verify(records);
    Bits.require(guards.count() >= 0, "guards: " + guards.count());
  }
}
