// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import io.hakmem.memory.Bits;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.SliceMap;
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
   * are a bit set, so neighbours coalesce by themselves. One superslab without runs is kept until the
   * next purge, so that a program that has one run at a time does not fetch and return it each time.
   *
   * Which thread may call: any; one lock. Lock order: Runs, then KeptMemory, then Superslabs.
   */

  private static final int SLICES = Region.SLICES_PER_SUPERSLAB;

  private final OsMemory os;
  private final Account account;
  private final Superslabs superslabs;
  private final KeptMemory kept;
  private final int pageShift;
  private final int pages;
  private final @Nullable RunSuperslab[] byLongestFree;
  private final BitSet lengthsPresent;
  private final List<RunSuperslab> all = new ArrayList<>();
  private long allocatedPages;
  private long dirtyFreePages;
  private long refaults;

  /** A superslab without runs that is kept for the next one. */
  private @Nullable RunSuperslab empty;

  Runs(OsMemory os, Account account, Superslabs superslabs, KeptMemory kept) {
    this.os = os;
    this.account = account;
    this.superslabs = superslabs;
    this.kept = kept;
    pageShift = Bits.log2(os.pageBytes());
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

  /** Start of the live run that contains an address; {@link Memory#NULL} if none does. */
  synchronized long startOf(long address) {
    RunSuperslab superslab = at(address);
    int start = superslab == null ? -1 : superslab.liveStart(pageOf(superslab, address));
    return superslab == null || start < 0
        ? Memory.NULL
        : superslab.base + ((long) start << pageShift);
  }

  /** Frees a run; {@code byteSize} is negative, or must need as many pages as the run has. */
  int free(long address, long byteSize) {
    RunSuperslab superslab = at(address);
    if (superslab == null) {
      return FreeResult.NOT_ALLOCATED;
    }
    int page;
    int count;
    boolean returning;
    synchronized (this) {
      if (!startsRun(superslab, address)) {
        return explain(address);
      }
      page = pageOf(superslab, address);
      count = superslab.length[page];
      if (superslab.sealed.get(page)) {
        return FreeResult.FOREIGN;
      }
      if (byteSize >= 0 && pagesOf(byteSize) != count) {
        return FreeResult.WRONG_SIZE;
      }
      superslab.length[page] = 0;
      allocatedPages -= count;
      returning = giveBack(superslab, page, page + count);
    }
    if (returning) {
      long ignored = decommit(superslab, page, page + count);
    }
    return FreeResult.FREED;
  }

  /** Changes the length of a run in place; false if its right neighbour does not allow it. */
  boolean resize(long address, long byteSize) {
    RunSuperslab superslab = at(address);
    if (superslab == null) {
      return false;
    }
    int end;
    int newEnd;
    boolean returning;
    synchronized (this) {
      int page = pageOf(superslab, address);
      long count = pagesOf(byteSize);
      if (!startsRun(superslab, address) || count > pages - page) {
        return false;
      }
      end = page + superslab.length[page];
      newEnd = page + (int) count;
      if (newEnd > end
          && (superslab.freeEnd(end) < newEnd || !take(superslab, end, newEnd, false))) {
        return false;
      }
      superslab.length[page] = (short) count;
      allocatedPages += newEnd - end;
      returning = newEnd < end && giveBack(superslab, newEnd, end);
    }
    if (returning) {
      long ignored = decommit(superslab, newEnd, end);
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

  /** Pages that were charged again after they had gone back to the system. */
  synchronized long refaults() {
    return refaults;
  }

  /** Whether a purge has anything to do: free pages that are dirty, or an empty superslab. */
  synchronized boolean hasDirtyFree() {
    return dirtyFreePages > 0 || empty != null;
  }

  /**
   * Gives free pages back to the system that became free at or before {@code before}; how many
   * bytes.
   */
  long purge(long before) {
    long bytes = 0;
    for (RunSuperslab superslab : snapshot()) {
      bytes += decommit(superslab, hideDirty(superslab, before));
    }
    return bytes;
  }

  /** Gives hidden pages back to the system, and those free that it took or not; how many bytes. */
  private long decommit(RunSuperslab superslab, BitSet hidden) {
    long bytes = 0;
    for (int from = hidden.nextSetBit(0); from >= 0; ) {
      int to = hidden.nextClearBit(from);
      bytes += decommit(superslab, from, to);
      from = hidden.nextSetBit(to);
    }
    return bytes;
  }

  private long decommit(RunSuperslab superslab, int from, int to) {
    long bytes = (long) (to - from) << pageShift;
    boolean gone = os.decommit(superslab.base + ((long) from << pageShift), bytes);
    unhide(superslab, from, to, gone);
    return gone ? bytes : 0;
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
    long dirtyFree = 0;
    for (RunSuperslab superslab : all) {
      superslab.verify();
      dirtyFree += superslab.dirtyFree();
    }
    kept.verify(dirtyFree << pageShift);
    return chargedBytes();
  }

  synchronized void noteSlices(SliceMap map) {
    for (RunSuperslab superslab : all) {
      superslab.noteSlices(map, pageShift);
    }
  }

  private @Nullable RunSuperslab find(int count) {
    int length = lengthsPresent.nextSetBit(count);
    return length < 0 ? null : byLongestFree[length];
  }

  private @Nullable RunSuperslab acquire() {
    int index = superslabs.acquireSuperslab();
    if (index == Superslabs.NONE) {
      return null;
    }
    int slice = index * SLICES;
    RunSuperslab superslab = null;
    try {
      RunSuperslab made = new RunSuperslab(index, Region.addressOf(slice), pages, superslabs);
      all.add(made);
      superslab = made;
    } finally {
      if (superslab == null) { // the Java heap is full
        superslabs.returnSuperslab(index, System.nanoTime());
      }
    }
    superslabs.setContent(slice, SLICES, superslab);
    PageMap.register(slice, SLICES, PageMap.NO_OWNER, PageMap.ACE);
    link(superslab);
    return superslab;
  }

  private boolean take(RunSuperslab superslab, int from, int to, boolean zeroed) {
    int clean = superslab.cleanPages(from, to);
    if (!account.tryCharge((long) clean << pageShift)) {
      return false;
    }
    int returned = superslab.takeReturned(from, to);
    kept.take((long) (to - from - clean) << pageShift, (long) returned << pageShift);
    if (zeroed) {
      for (int page = superslab.dirty.nextSetBit(from); page >= 0 && page < to; ) {
        int end = Math.min(superslab.dirty.nextClearBit(page), to);
        CBytes.fill(
            superslab.base + ((long) page << pageShift),
            (long) (end - page) << pageShift,
            (byte) 0);
        page = superslab.dirty.nextSetBit(end);
      }
    }
    use(superslab, from, to);
    return true;
  }

  private void use(RunSuperslab superslab, int from, int to) {
    unlink(superslab);
    superslab.used.set(from, to);
    refaults += superslab.cleanPages(from, to) == 0 ? 0 : superslab.touch(from, to);
    superslab.updateLongestFree();
    link(superslab);
    if (superslab == empty) {
      empty = null;
    }
  }

  /**
   * Makes pages free; whether they are hidden now as one run, as they are to go back to the system
   * at once.
   */
  private boolean giveBack(RunSuperslab superslab, int from, int to) {
    superslab.dirtySince = System.nanoTime();
    release(superslab, from, to, false);
    boolean returning = os.returnsMemory() && kept.isExceeded();
    if (returning) {
      superslab.returned.set(from, to);
      hide(superslab, from, to);
    }
    releaseIfEmpty(superslab);
    return returning;
  }

  private void release(RunSuperslab superslab, int from, int to, boolean clean) {
    unlink(superslab);
    superslab.used.clear(from, to);
    if (clean) {
      superslab.dirty.clear(from, to);
    }
    superslab.updateLongestFree();
    link(superslab);
  }

  /** Returns a superslab without runs, so that any tier can have it, unless it is the only one. */
  private void releaseIfEmpty(RunSuperslab superslab) {
    if (!superslab.used.isEmpty() || superslab == empty) {
      return;
    }
    if (empty == null) {
      empty = superslab;
    } else {
      release(superslab);
    }
  }

  /** Returns the superslab that is empty since {@code before} or longer. */
  synchronized void releaseRested(long before) {
    RunSuperslab superslab = empty;
    if (superslab != null && superslab.dirtySince - before <= 0) {
      empty = null;
      release(superslab);
    }
  }

  private void release(RunSuperslab superslab) {
    unlink(superslab);
    all.remove(superslab);
    PageMap.forget(superslab.index * SLICES, SLICES);
    superslabs.setContent(superslab.index * SLICES, SLICES, null);
    superslabs.releaseSuperslab(
        superslab.index, superslab.dirty, superslab.touched, superslab.dirtySince);
  }

  private synchronized List<RunSuperslab> snapshot() {
    return List.copyOf(all);
  }

  private synchronized BitSet hideDirty(RunSuperslab superslab, long before) {
    BitSet dirty = new BitSet();
    if (superslab.dirtySince - before <= 0 && all.contains(superslab)) {
      dirty.or(superslab.dirty);
      dirty.andNot(superslab.used);
      superslab.returned.and(superslab.used);
      hide(superslab, dirty);
    }
    return dirty;
  }

  /** Makes free dirty pages used, so that nobody is given them while the system takes them. */
  private void hide(RunSuperslab superslab, BitSet dirty) {
    for (int from = dirty.nextSetBit(0); from >= 0; ) {
      int to = dirty.nextClearBit(from);
      hide(superslab, from, to);
      from = dirty.nextSetBit(to);
    }
  }

  private void hide(RunSuperslab superslab, int from, int to) {
    use(superslab, from, to);
    superslab.length[from] = (short) -(to - from);
  }

  private synchronized void unhide(RunSuperslab superslab, int from, int to, boolean purged) {
    superslab.length[from] = 0;
    release(superslab, from, to, purged);
    if (purged) {
      account.uncharge((long) (to - from) << pageShift);
    } else {
      superslab.returned.clear(from, to);
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
    noteDirtyFree(superslab.dirtyFree());
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

  private void noteDirtyFree(int change) {
    dirtyFreePages += change;
    kept.addInRuns((long) change << pageShift);
  }

  private void unlink(RunSuperslab superslab) {
    noteDirtyFree(-superslab.dirtyFree());
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
