// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import io.hakmem.event.Events;
import io.hakmem.event.Observer;
import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PageMover;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.SliceMap;
import io.hakmem.superslab.Superslabs;

/** Blocks above the size classes, and those aligned more strictly than a class can. */
public final class LargeBlocks {
  /*
   * Up to half a superslab a block is a run of pages, above that whole superslabs; the same for
   * alignments. A block that is asked to grow or shrink over this border moves.
   */

  private static final long MAX_RUN_BYTES = Region.SUPERSLAB_BYTES / 2;

  private final Runs runs;
  private final HugeBlocks huge;
  private final KeptMemory kept;
  private final PageMover mover;
  private final long pageBytes;

  /** Blocks of which, once they are freed, at most {@code keptBytes} stay in memory. */
  public LargeBlocks(OsMemory os, Account account, Superslabs superslabs, long keptBytes) {
    this(os, account, superslabs, new KeptMemory(superslabs, keptBytes));
  }

  LargeBlocks(OsMemory os, Account account, Superslabs superslabs, KeptMemory kept) {
    this.kept = kept;
    pageBytes = os.pageBytes();
    runs = new Runs(os, account, superslabs, kept);
    mover = new PageMover(os, account, superslabs);
    huge = new HugeBlocks(os, superslabs, mover, kept);
  }

  /**
   * Allocates at a multiple of {@code alignment}, a power of two; {@link Memory#NULL} if no memory
   * is to be had. With {@code zeroed} the block reads as zero.
   */
  public long allocate(long byteSize, long alignment, boolean zeroed) {
    if (byteSize < 0 || byteSize > Region.BYTES || alignment > Region.BYTES) {
      return Memory.NULL;
    }
    long bytes = Math.max(byteSize, 1);
    long address =
        bytes <= MAX_RUN_BYTES && alignment <= MAX_RUN_BYTES
            ? runs.allocate(bytes, alignment, zeroed)
            : huge.allocate(bytes, alignment, zeroed);
    Observer observer = Events.observer();
    if (observer != null && address != Memory.NULL) {
      observer.largeAllocated(address, byteSize);
    }
    return address;
  }

  /**
   * Frees a block whose page map kind is ACE or HUGE. A {@code byteSize} that is not negative must
   * need as many pages as the block has. A {@link FreeResult}.
   */
  public int free(long address, long byteSize, int kind) {
    Observer observer = Events.observer();
    long usable = observer == null ? 0 : usableSize(address, kind);
    int result = kind == PageMap.ACE ? runs.free(address, byteSize) : huge.free(address, byteSize);
    if (observer != null && result == FreeResult.FREED) {
      observer.largeFreed(address, usable);
    }
    return result;
  }

  /** Bytes of the live block that starts at an address; 0 if none does or it is sealed. */
  public long usableSize(long address, int kind) {
    return kind == PageMap.ACE ? runs.usableSize(address) : huge.usableSize(address);
  }

  /** Keeps everybody from freeing the live block that starts at an address. */
  public void seal(long address) {
    setSealed(address, true);
  }

  /** Makes a sealed block one that can be freed. */
  public void unseal(long address) {
    setSealed(address, false);
  }

  private void setSealed(long address, boolean sealed) {
    if (PageMap.kind(PageMap.entry(address)) == PageMap.ACE) {
      runs.setSealed(address, sealed);
    } else {
      huge.setSealed(address, sealed);
    }
  }

  /**
   * Why an address cannot be freed: {@link FreeResult#INTERIOR}, {@link FreeResult#NOT_ALLOCATED},
   * or {@link FreeResult#FOREIGN} in a sealed block.
   */
  public int explain(long address, int kind) {
    return kind == PageMap.ACE ? runs.explain(address) : huge.explain(address);
  }

  /** Start of the block that contains an address; {@link Memory#NULL} if none does. */
  public long startOf(long address, int kind) {
    return kind == PageMap.ACE ? runs.startOf(address) : huge.startOf(address);
  }

  /** Changes the size of a live block in place; false if it has to move. */
  public boolean resize(long address, long byteSize, int kind) {
    return kind == PageMap.ACE
        ? byteSize > 0 && byteSize <= MAX_RUN_BYTES && runs.resize(address, byteSize)
        : isHuge(byteSize) && huge.resize(address, byteSize);
  }

  /** Whether a size is served by a huge block. */
  public boolean isHuge(long byteSize) {
    return byteSize > MAX_RUN_BYTES && byteSize <= Region.BYTES;
  }

  /**
   * Changes the size of a live huge block by moving its pages; its new address, or {@link
   * Memory#NULL} if no memory is to be had, then nothing has changed.
   */
  public long move(long address, long byteSize) {
    if (!isHuge(byteSize)) {
      return Memory.NULL;
    }
    Observer observer = Events.observer();
    long usable = observer == null ? 0 : usableSize(address, PageMap.HUGE);
    long moved = huge.move(address, byteSize);
    if (observer != null && moved != Memory.NULL) {
      observer.largeFreed(address, usable);
      observer.largeAllocated(moved, byteSize);
    }
    return moved;
  }

  /** Bytes in live blocks, rounded up to pages. */
  public long allocatedBytes() {
    return runs.allocatedBytes() + huge.allocatedBytes();
  }

  /** Bytes charged for live blocks and for free pages in their superslabs. */
  public long chargedBytes() {
    return runs.chargedBytes() + huge.chargedBytes();
  }

  /** Notes which slices large blocks hold, how much of them is in use, and what is charged. */
  public void noteSlices(SliceMap map) {
    runs.noteSlices(map);
    huge.noteSlices(map);
  }

  /** Size of a block, as it would be rounded up. */
  public long roundUp(long byteSize) {
    return Bits.alignUp(Math.max(byteSize, 1), pageBytes);
  }

  /** Pages of runs that were charged again after they had gone back to the system. */
  public long refaults() {
    return runs.refaults();
  }

  public boolean hasDirtyFree() {
    return runs.hasDirtyFree();
  }

  /** Leaves superslabs without blocks since {@code before} to the other tiers. */
  public void releaseRested(long before) {
    runs.releaseRested(before);
  }

  /** Gives free pages back that became free at or before {@code before}; how many bytes. */
  public long purge(long before) {
    kept.step();
    return runs.purge(before) + mover.renew(before);
  }

  /** Checks both tiers; throws {@link IllegalStateException}. Bytes charged for them. */
  public long verify() {
    mover.verify();
    return runs.verify() + huge.verify();
  }
}
