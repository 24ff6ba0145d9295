// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.Superslabs;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ACE tier: runs of pages inside superslabs, best fit, coalesced at free. */
final class Runs {
  /*
   * Superslabs hang in lists by their longest free run. A request goes to the one whose longest run is
   * the shortest that suffices, and there to the shortest run that suffices: long runs are kept for
   * those that need them, and superslabs that are nearly empty get a chance to become so. Free pages
   * are a bit set, so neighbours coalesce by themselves.
   *
   * Which thread may call: any; one lock. Lock order: Runs, then Superslabs.
   */

  private static final int SLICES = Region.SLICES_PER_SUPERSLAB;

  private final OsMemory os;
  private final Account account;
  private final Superslabs superslabs;
  private final int pageShift;
  private final int pages;
  private final @Nullable RunSuperslab[] byLongestFree;
  private final BitSet lengthsPresent;
  private final List<RunSuperslab> all = new ArrayList<>();
  private long allocatedPages;

  Runs(OsMemory os, Account account, Superslabs superslabs, int pageShift) {
    this.os = os;
    this.account = account;
    this.superslabs = superslabs;
    this.pageShift = pageShift;
    pages = (int) (Region.SUPERSLAB_BYTES >>> pageShift);
    byLongestFree = new @Nullable RunSuperslab[pages + 1];
    lengthsPresent = new BitSet(pages + 1); // at once, so that it never has to grow
  }

  /**
   * Allocates whole pages at a multiple of {@code alignment} bytes; {@link Memory#NULL} if no
   * memory is to be had. With {@code zeroed} the pages read as zero.
   */
  synchronized long allocate(long byteSize, long alignment, boolean zeroed) {
    int count = (int) pagesOf(byteSize);
    int step = (int) Math.max(1, alignment >>> pageShift);
    RunSuperslab superslab = find(count + step - 1);
    if (superslab == null) {
      superslab = acquire();
      if (superslab == null) {
        return Memory.NULL;
      }
    }
    int start = superslab.bestFit(count, step);
    if (!take(superslab, start, start + count, zeroed)) {
      releaseIfEmpty(superslab);
      return Memory.NULL;
    }
    superslab.length[start] = (short) count;
    allocatedPages += count;
    return superslab.base + ((long) start << pageShift);
  }

  /** Why an address that starts no live run cannot be freed. */
  synchronized int explain(long address) {
    RunSuperslab superslab = at(address);
    int start = superslab == null ? -1 : superslab.liveStart(pageOf(superslab, address));
    if (superslab == null || start < 0) {
      return FreeResult.NOT_ALLOCATED;
    }
    return superslab.sealed.get(start) ? FreeResult.FOREIGN : FreeResult.INTERIOR;
  }

  /** Frees a run; {@code byteSize} is negative, or must need as many pages as the run has. */
  synchronized int free(long address, long byteSize) {
    RunSuperslab superslab = at(address);
    if (superslab == null) {
      return FreeResult.NOT_ALLOCATED;
    }
    if (!startsRun(superslab, address)) {
      return explain(address);
    }
    int page = pageOf(superslab, address);
    int count = superslab.length[page];
    if (superslab.sealed.get(page)) {
      return FreeResult.FOREIGN;
    }
    if (byteSize >= 0 && pagesOf(byteSize) != count) {
      return FreeResult.WRONG_SIZE;
    }
    superslab.length[page] = 0;
    allocatedPages -= count;
    giveBack(superslab, page, page + count);
    releaseIfEmpty(superslab);
    return FreeResult.FREED;
  }

  /** Changes the length of a run in place; false if its right neighbour does not allow it. */
  synchronized boolean resize(long address, long byteSize) {
    RunSuperslab superslab = at(address);
    if (superslab == null || !startsRun(superslab, address)) {
      return false;
    }
    int page = pageOf(superslab, address);
    int before = superslab.length[page];
    long count = pagesOf(byteSize);
    if (count > pages - page) {
      return false;
    }
    int end = page + before;
    int newEnd = page + (int) count;
    if (newEnd > end && (superslab.freeEnd(end) < newEnd || !take(superslab, end, newEnd, false))) {
      return false;
    }
    superslab.length[page] = (short) count;
    allocatedPages += count - before;
    if (newEnd < end) {
      giveBack(superslab, newEnd, end);
    }
    return true;
  }

  /** Bytes of the live run that starts at an address; 0 if none does or it is sealed. */
  synchronized long usableSize(long address) {
    RunSuperslab superslab = at(address);
    if (superslab == null || !startsRun(superslab, address)) {
      return 0;
    }
    int page = pageOf(superslab, address);
    return superslab.sealed.get(page) ? 0 : (long) superslab.length[page] << pageShift;
  }

  /** Seals the live run that starts at an address, or unseals it. */
  synchronized void setSealed(long address, boolean sealed) {
    RunSuperslab superslab = at(address);
    if (superslab != null) {
      superslab.sealed.set(pageOf(superslab, address), sealed);
    }
  }

  /** Bytes in live runs. */
  synchronized long allocatedBytes() {
    return allocatedPages << pageShift;
  }

  /** Whether any free page is dirty. */
  synchronized boolean hasDirtyFree() {
    for (RunSuperslab superslab : all) {
      if (superslab.dirty.cardinality() > superslab.used.cardinality()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives free pages back to the system that became free at or before {@code before}; how many
   * bytes.
   */
  long purge(long before) {
    long bytes = 0;
    for (RunSuperslab superslab : snapshot()) {
      BitSet hidden = hideDirty(superslab, before);
      for (int from = hidden.nextSetBit(0); from >= 0; ) {
        int to = hidden.nextClearBit(from);
        long start = superslab.base + ((long) from << pageShift);
        if (!os.decommit(start, (long) (to - from) << pageShift)) {
          unhide(superslab, from, to, false);
        } else {
          unhide(superslab, from, to, true);
          bytes += (long) (to - from) << pageShift;
        }
        from = hidden.nextSetBit(to);
      }
    }
    return bytes;
  }

  /** Bytes charged for runs and free pages. */
  synchronized long chargedBytes() {
    long pages = 0;
    for (RunSuperslab superslab : all) {
      pages += superslab.dirty.cardinality();
    }
    return pages << pageShift;
  }

  /** Checks every superslab and the lists; throws {@link IllegalStateException}. Bytes charged. */
  synchronized long verify() {
    all.forEach(RunSuperslab::verify);
    return chargedBytes();
  }

  private @Nullable RunSuperslab find(int count) {
    int length = lengthsPresent.nextSetBit(count);
    return length < 0 ? null : byLongestFree[length];
  }

  private @Nullable RunSuperslab acquire() {
    int index = superslabs.acquireSuperslabs(1, 1);
    if (index == Superslabs.NONE) {
      return null;
    }
    int slice = index * SLICES;
    RunSuperslab superslab = null;
    try {
      RunSuperslab made = new RunSuperslab(index, Region.addressOf(slice), pages);
      all.add(made);
      superslab = made;
    } finally {
      if (superslab == null) { // the Java heap is full
        superslabs.releaseSuperslab(index, superslabs.dirtySlices(index), System.nanoTime());
      }
    }
    int dirtySlices = superslabs.dirtySlices(index);
    int pagesPerSlice = pages / SLICES;
    for (int i = 0; i < SLICES; i++) {
      superslab.dirty.set(
          i * pagesPerSlice, i * pagesPerSlice + ((dirtySlices >>> i) & 1) * pagesPerSlice);
    }
    superslabs.setContent(slice, SLICES, superslab);
    PageMap.register(slice, SLICES, PageMap.NO_OWNER, PageMap.ACE);
    link(superslab);
    return superslab;
  }

  private boolean take(RunSuperslab superslab, int from, int to, boolean zeroed) {
    if (!account.tryCharge((long) superslab.cleanPages(from, to) << pageShift)) {
      return false;
    }
    if (zeroed) {
      for (int page = superslab.dirty.nextSetBit(from); page >= 0 && page < to; ) {
        int end = Math.min(superslab.dirty.nextClearBit(page), to);
        Memory.fill(
            superslab.base + ((long) page << pageShift),
            (long) (end - page) << pageShift,
            (byte) 0);
        page = superslab.dirty.nextSetBit(end);
      }
    }
    unlink(superslab);
    superslab.used.set(from, to);
    superslab.dirty.set(from, to);
    superslab.updateLongestFree();
    link(superslab);
    return true;
  }

  private void giveBack(RunSuperslab superslab, int from, int to) {
    unlink(superslab);
    superslab.used.clear(from, to);
    superslab.dirtySince = System.nanoTime();
    superslab.updateLongestFree();
    link(superslab);
  }

  /** Returns a superslab without runs, so that any tier can have it; keeps it if that costs. */
  private void releaseIfEmpty(RunSuperslab superslab) {
    if (!superslab.used.isEmpty() || !roundToSlices(superslab)) {
      return;
    }
    unlink(superslab);
    all.remove(superslab);
    PageMap.forget(superslab.index * SLICES, SLICES);
    superslabs.setContent(superslab.index * SLICES, SLICES, null);
    superslabs.releaseSuperslab(superslab.index, dirtySlices(superslab), superslab.dirtySince);
  }

  /**
   * Makes partly dirty slices dirty, which is charged, or clean; false if there is one of which the
   * limit forbids the one and the system the other.
   */
  private boolean roundToSlices(RunSuperslab superslab) {
    int pagesPerSlice = pages / SLICES;
    for (int from = 0; from < pages; from += pagesPerSlice) {
      int to = from + pagesPerSlice;
      int clean = superslab.cleanPages(from, to);
      if (clean == 0 || clean == pagesPerSlice) {
        continue;
      }
      long address = superslab.base + ((long) from << pageShift);
      if (account.tryCharge((long) clean << pageShift)) {
        superslab.dirty.set(from, to);
      } else if (os.decommit(address, (long) pagesPerSlice << pageShift)) {
        superslab.dirty.clear(from, to);
        account.uncharge((long) (pagesPerSlice - clean) << pageShift);
      } else {
        return false;
      }
    }
    return true;
  }

  /** The slices that are dirty in a superslab of which no slice is partly so, as a bit set. */
  private int dirtySlices(RunSuperslab superslab) {
    int slices = 0;
    for (int i = 0; i < SLICES; i++) {
      slices |= superslab.dirty.get(i * (pages / SLICES)) ? 1 << i : 0;
    }
    return slices;
  }

  private synchronized List<RunSuperslab> snapshot() {
    return List.copyOf(all);
  }

  private synchronized BitSet hideDirty(RunSuperslab superslab, long before) {
    BitSet hidden = (BitSet) superslab.dirty.clone();
    hidden.andNot(superslab.used);
    if (superslab.dirtySince - before > 0 || !all.contains(superslab)) {
      hidden.clear();
    }
    for (int from = hidden.nextSetBit(0); from >= 0; ) {
      int to = hidden.nextClearBit(from);
      take(superslab, from, to, false);
      superslab.length[from] = (short) -(to - from);
      from = hidden.nextSetBit(to);
    }
    return hidden;
  }

  private synchronized void unhide(RunSuperslab superslab, int from, int to, boolean purged) {
    long since = superslab.dirtySince;
    superslab.length[from] = 0;
    giveBack(superslab, from, to);
    superslab.dirtySince = since;
    if (purged) {
      superslab.dirty.clear(from, to);
      account.uncharge((long) (to - from) << pageShift);
    }
    releaseIfEmpty(superslab);
  }

  private @Nullable RunSuperslab at(long address) {
    return superslabs.content(Region.sliceOf(address)) instanceof RunSuperslab superslab
        ? superslab
        : null;
  }

  private long pagesOf(long byteSize) {
    return (byteSize + (1L << pageShift) - 1) >>> pageShift;
  }

  private int pageOf(RunSuperslab superslab, long address) {
    return (int) ((address - superslab.base) >>> pageShift);
  }

  private boolean startsRun(RunSuperslab superslab, long address) {
    return Bits.alignUp(address, 1L << pageShift) == address
        && superslab.length[pageOf(superslab, address)] > 0;
  }

  private void link(RunSuperslab superslab) {
    int length = superslab.longestFree;
    RunSuperslab head = byLongestFree[length];
    superslab.previous = null;
    superslab.next = head;
    if (head != null) {
      head.previous = superslab;
    }
    byLongestFree[length] = superslab;
    lengthsPresent.set(length);
  }

  private void unlink(RunSuperslab superslab) {
    RunSuperslab next = superslab.next;
    RunSuperslab previous = superslab.previous;
    if (next != null) {
      next.previous = previous;
    }
    if (previous != null) {
      previous.next = next;
    } else {
      byLongestFree[superslab.longestFree] = next;
      if (next == null) {
        lengthsPresent.clear(superslab.longestFree);
      }
    }
    superslab.next = null;
    superslab.previous = null;
  }
}
