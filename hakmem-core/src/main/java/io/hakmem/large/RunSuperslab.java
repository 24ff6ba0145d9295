// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.SliceMap;
import io.hakmem.superslab.Superslabs;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A superslab cut into runs of pages; guarded by its {@link Runs}. */
final class RunSuperslab {
  /*
   *   page        0      1      2      3      4      5      6      7
   *            +------+------+------+------+------+------+------+------+- ...
   *            | run of three       | free, dirty | run of two  | free, clean
   *            +------+------+------+------+------+------+------+------+- ...
   *   used        1      1      1      0      0      1      1      0
   *   dirty       1      1      1      1      1      1      1      0
   *   length      3      0      0      0      0      2      0      0
   *
   *   I1  used implies dirty: a page is charged from before it is handed out until it is purged
   *   I2  length[p] pages from p on are used, for every p with length[p] != 0, and no others; the length
   *       is negative while a purge holds the pages, so that nobody can free them
   *   I3  longestFree is the length of the longest run of pages that are not used
   *   I4  returned pages are clean, or held while the system takes them
   */

  final int index;
  final long base;
  final int pages;
  final BitSet used;
  final BitSet dirty;

  /** First pages of runs that only the arena or heap that holds them may free. */
  final BitSet sealed;

  /** Free pages that went back at once when they became so: see {@link KeptMemory}. */
  final BitSet returned;

  /** Pages that were ever dirty: one that becomes so again is a refault. */
  final BitSet touched;

  final short[] length;
  int longestFree;
  long dirtySince;

  @Nullable RunSuperslab next;
  @Nullable RunSuperslab previous;

  RunSuperslab(int index, long base, int pages, Superslabs superslabs) {
    this.index = index;
    this.base = base;
    this.pages = pages;
    dirty = superslabs.dirtyPages(index);
    touched = superslabs.touchedPages(index);
    returned = superslabs.returnedPages(index);
    returned.andNot(dirty);
    used = new BitSet(pages);
    sealed = new BitSet(pages);
    length = new short[pages];
    longestFree = pages;
  }

  /**
   * The first page of the shortest free run that holds {@code count} pages from a multiple of
   * {@code alignment} on; -1 if none does.
   */
  int bestFit(int count, int alignment) {
    int best = -1;
    int bestLength = Integer.MAX_VALUE;
    for (int from = used.nextClearBit(0); from < pages; ) {
      int to = freeEnd(from);
      int start = (int) Bits.alignUp(from, alignment);
      if (start + count <= to && to - from < bestLength) {
        best = start;
        bestLength = to - from;
      }
      from = used.nextClearBit(to);
    }
    return best;
  }

  /** Where the free run that starts at a page ends. */
  int freeEnd(int from) {
    int end = used.nextSetBit(from);
    return end < 0 ? pages : end;
  }

  void updateLongestFree() {
    int longest = 0;
    for (int from = used.nextClearBit(0); from < pages; ) {
      int to = freeEnd(from);
      longest = Math.max(longest, to - from);
      from = used.nextClearBit(to);
    }
    longestFree = longest;
  }

  /** Pages of {@code [from, to)} that are not dirty. */
  int cleanPages(int from, int to) {
    return to - from - count(dirty, from, to);
  }

  /** How many of the pages {@code [from, to)} went back at once; forgets that they did. */
  int takeReturned(int from, int to) {
    int count = count(returned, from, to);
    returned.clear(from, to);
    return count;
  }

  /** Makes pages dirty; how many were so at some time before and are not now. */
  int touch(int from, int to) {
    int again = count(touched, from, to) - count(dirty, from, to);
    dirty.set(from, to);
    touched.set(from, to);
    return again;
  }

  private static int count(BitSet set, int from, int to) {
    int count = 0;
    for (int page = set.nextSetBit(from); page >= 0 && page < to; page = set.nextSetBit(page)) {
      int end = Math.min(set.nextClearBit(page), to);
      count += end - page;
      page = end;
    }
    return count;
  }

  /** Dirty pages that are free. */
  int dirtyFree() {
    return dirty.cardinality() - used.cardinality();
  }

  void noteSlices(SliceMap map, int pageShift) {
    int perSlice = pages / Region.SLICES_PER_SUPERSLAB;
    for (int i = 0; i < Region.SLICES_PER_SUPERSLAB; i++) {
      int slice = index * Region.SLICES_PER_SUPERSLAB + i;
      int from = i * perSlice;
      map.note(
          slice, SliceMap.Content.RUNS, (long) count(used, from, from + perSlice) << pageShift);
      map.noteCharged(slice, (long) count(dirty, from, from + perSlice) << pageShift);
    }
  }

  /** First page of the live run that a page belongs to; -1 if it belongs to none. */
  int liveStart(int page) {
    if (!used.get(page)) {
      return -1;
    }
    int start = page;
    while (length[start] == 0) {
      start--;
    }
    return length[start] > 0 ? start : -1;
  }

  /** Checks I1 to I4; throws {@link IllegalStateException}. */
  void verify() {
    BitSet found = new BitSet(pages);
    BitSet suspect = (BitSet) returned.clone();
    suspect.and(dirty);
    for (int page = 0; page < pages; page++) {
      if (length[page] != 0) {
        int end = page + Math.abs(length[page]);
        int overlap = found.nextSetBit(page);
        Bits.require(overlap < 0 || overlap >= end, "runs overlap in superslab " + index);
        found.set(page, end);
        suspect.clear(page, length[page] < 0 ? end : page);
      }
    }
    Bits.require(found.equals(used), "superslab " + index + ": runs and used pages disagree");
    BitSet touched = (BitSet) used.clone();
    touched.andNot(dirty);
    Bits.require(touched.isEmpty(), "superslab " + index + ": used pages that are not dirty");
    Bits.require(suspect.isEmpty(), "superslab " + index + ": dirty pages that went back");
    int noted = longestFree;
    updateLongestFree();
    Bits.require(
        noted == longestFree,
        "superslab " + index + ": longest free run " + noted + " is in truth " + longestFree);
  }
}
