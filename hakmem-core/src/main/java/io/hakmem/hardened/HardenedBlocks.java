// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.hardened.Corruption.Kind;
import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
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
  public long allocate(long byteSize, long alignment, boolean zeroed) {
    if (byteSize < 0 || byteSize > Region.BYTES) {
      return Memory.NULL;
    }
    long requested = Math.max(byteSize, 1);
    long behind = Fill.LEAST_BYTES;
    if (requested + behind > SizeClasses.MAX_BYTES) {
      behind += pageBytes;
    }
    long address = plain.allocate(requested + behind, alignment, zeroed);
    if (address == Memory.NULL) {
      return Memory.NULL;
    }
    boolean armed = false;
    try {
      arm(address, requested);
      armed = true;
    } finally {
      if (!armed) { // the Java heap has no room for the record
        int ignored = plain.free(address);
      }
    }
    return address;
  }

  private void arm(long address, long requested) {
    int kind = kindOf(address);
    long usable = usableOf(address, kind);
    long zoneEnd = address + usable;
    boolean guarded = false;
    if (kind > SizeClasses.MAX_CLASS && usable - requested >= Fill.LEAST_BYTES + pageBytes) {
      records.enter(address, 0); // makes room first: a guard must not be lost
      guarded = guards.raise(zoneEnd - pageBytes, pageBytes);
      zoneEnd -= guarded ? pageBytes : 0;
    }
    Fill.drawRedZone(address, address + requested, zoneEnd);
    records.enter(address, BlockRecords.of(BlockRecords.LIVE, usable - requested, guarded));
  }

  private static int kindOf(long address) {
    return PageMap.kind(PageMap.entry(address));
  }

  /** Bytes of a block that the caller holds: of those with a class the page map says enough. */
  private long usableOf(long address, int kind) {
    return kind <= SizeClasses.MAX_CLASS ? SizeClasses.bytes(kind) : plain.usableSize(address);
  }

  // ---- free

  /**
   * Frees the live block that starts at an address; of two that race for it one does. A {@link
   * FreeResult}: if it is {@link FreeResult#CORRUPTED}, the block is freed all the same, and {@link
   * #takeFinding} says what was found.
   *
   * @param byteSize what was last requested for the block, or negative if the caller does not say
   */
  public int free(long address, long byteSize) {
    long usable = plain.usableSize(address);
    int record = usable == 0 ? 0 : records.get(address);
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
    int kind = kindOf(address);
    boolean found = isWrittenBehind(address, requested, zoneEnd(address, usable, record));
    found |= isWrittenBefore(address, requested, kind);
    found |=
        kind > SizeClasses.MAX_CLASS
            ? retireLarge(address, usable, record)
            : retirePoisoned(address, usable, record, kind);
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
    if (kind > SizeClasses.MAX_CLASS) {
      return false;
    }
    long before = address - SizeClasses.bytes(kind);
    // A word of the block's own page can be read whoever has it, and mostly that is all: then the
    // record of the block before, a cache miss, is not asked for.
    return ((address & (pageBytes - 1)) == 0 || isWordWritten(address, before))
        && isWrittenBeforeSlow(address, before, requested, kind);
  }

  private boolean isWordWritten(long address, long before) {
    return Memory.getLong(address - Long.BYTES) != Fill.canary(before);
  }

  private boolean isWrittenBeforeSlow(long address, long before, long requested, int kind) {
    // Once more, should it have left, been purged and come back meanwhile.
    if (!isUsedBlock(before, kind)
        || !isWordWritten(address, before)
        || !isUsedBlock(before, kind)) {
      return false;
    }
    long bad = Fill.checkRedZone(before, address - Long.BYTES, address);
    return bad != Fill.INTACT && tell(Kind.UNDERFLOW, address, requested, bad);
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

  /**
   * Sends a large block that the caller claimed to quarantine; whether one that left was written
   * to.
   */
  private boolean retireLarge(long address, long usable, int record) {
    if (!forbidden.admits(usable) || !guards.raise(address, usable)) {
      return retirePoisoned(address, usable, record, 0);
    }
    if (BlockRecords.isGuarded(record)) {
      guards.merge();
    }
    forbidden.claim();
    boolean kept = forbidden.add(address, usable, 0);
    forbidden.release();
    if (!kept) {
      leaveForbidden(address);
    }
    for (long old = takeExcess(forbidden); old != Memory.NULL; old = takeExcess(forbidden)) {
      leaveForbidden(old);
    }
    return false;
  }

  /**
   * Poisons a block that the caller claimed and sends it to quarantine; whether one that left was
   * written to.
   */
  private boolean retirePoisoned(long address, long usable, int record, int sizeClass) {
    Quarantine mine = poisoned[(int) Thread.currentThread().threadId() & (poisoned.length - 1)];
    if (!mine.admits(usable)) {
      leave(address, usable, record);
      return false;
    }
    mine.claim();
    // Nobody may draw it before it is poisoned. Nor is it poisoned before the claim, for an atomic
    // waits until all writes before it have reached the cache, and these miss it.
    Fill.poison(address, usable - BlockRecords.slack(record));
    boolean kept = mine.add(address, usable, sizeClass);
    long old = mine.takeExcess();
    boolean more = mine.isOver();
    mine.release();
    boolean found = !kept && leavePoisoned(address);
    found |= old != Memory.NULL && leavePoisoned(old);
    while (more) {
      old = takeExcess(mine);
      more = old != Memory.NULL;
      found |= more && leavePoisoned(old);
    }
    return found;
  }

  private static long takeExcess(Quarantine from) {
    from.claim();
    long old = from.takeExcess();
    from.release();
    return old;
  }

  private static long takeAny(Quarantine from) {
    from.claim();
    long old = from.takeAny();
    from.release();
    return old;
  }

  /** Frees a block from quarantine for good; whether it was written to there. */
  private boolean leavePoisoned(long address) {
    long usable = usableOf(address, kindOf(address));
    int record = records.get(address);
    long requested = usable - BlockRecords.slack(record);
    long zoneEnd = zoneEnd(address, usable, record);
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
      for (long old = takeAny(each); old != Memory.NULL; old = takeAny(each)) {
        if (leavePoisoned(old)) {
          findings.postpone();
        }
      }
    }
    for (long old = takeAny(forbidden); old != Memory.NULL; old = takeAny(forbidden)) {
      leaveForbidden(old);
    }
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

  /** Freed blocks of a class that are not to be had yet, or for class 0 those of none. */
  public long quarantinedBlocks(int sizeClass) {
    long blocks = forbidden.blocks(sizeClass);
    for (Quarantine each : poisoned) {
      blocks += each.blocks(sizeClass);
    }
    return blocks;
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
