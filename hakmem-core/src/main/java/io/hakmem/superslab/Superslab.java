// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.event.Events;
import io.hakmem.event.Observer;
import io.hakmem.memory.Bits;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Two mebibytes of address space and what is known of their slices; guarded by its {@link
 * Superslabs}.
 */
public final class Superslab {
  /*
   *   base, a multiple of SUPERSLAB_BYTES                    base + SUPERSLAB_BYTES
   *   |                                                                           |
   *   v                                                                           v
   *   +--------+--------+--------+--------+--------+--------+---- ... ---+--------+
   *   | slice0 | slice1 | slice2 | slice3 | slice4 | slice5 |            | slice31|  64 KiB each
   *   +--------+--------+--------+--------+--------+--------+---- ... ---+--------+
   *   |<---- slab ----->|<- slab>|<---- free, dirty ------->|<---- free, clean -->|
   *   used      1        1        1        0        0        0    ...        0
   *   charged  ffff     00ff     0001     ffff     ffff     00ff  ...       0000    a bit a page
   *   dirty     1        1        1        1        1        1    ...        0
   *
   *   I1  dirty says which slices have charged pages; all others read as zero
   *   I2  a slice that is not used has no page map entry
   *   I3  longestRun is the length of the longest run of slices that are not used
   *   I4  charged to the account are the charged pages, and a page of the live map for each slice in
   *       liveDirty; in a WHOLE superslab, what its holder says instead of the charged pages
   *   I5  only FREE superslabs and those of SLICES that are partly used are found by Superslabs
   *   I6  charged implies touched
   *
   * Who holds a WHOLE superslab also holds the pages in returned.
   */

  /** What a superslab is used for. */
  enum Use {
    /** Nothing; may hold dirty slices until they are purged. */
    FREE,
    /** Cut into slices. */
    SLICES,
    /** Handed out as a whole, alone or with its neighbours. */
    WHOLE
  }

  final int index;
  private final int pagesPerSlice;
  Use use = Use.FREE;
  int used;
  int dirty;
  int liveDirty;

  /** For each slice its pages that may hold data, as a bit set. */
  private final int[] charged = new int[Region.SLICES_PER_SUPERSLAB];

  /** For each slice the pages that were ever charged: a charge of one of them is a refault. */
  private final int[] touched = new int[Region.SLICES_PER_SUPERSLAB];

  /** Pages that went back at once when they became free: see {@link Superslabs#returnedPages}. */
  final BitSet returned;

  /** The superslab in which its pages were at home first: see {@link PageMover}. */
  int origin;

  /** What observers were told last; a purge that hides free slices is no use. */
  private boolean taken;

  int longestRun = Region.SLICES_PER_SUPERSLAB;

  /** When a slice became free and dirty last, {@link System#nanoTime}. */
  long dirtySince;

  @Nullable Superslab next;
  @Nullable Superslab previous;

  private final @Nullable Object[] contents = new @Nullable Object[Region.SLICES_PER_SUPERSLAB];

  Superslab(int index, int pagesPerSlice) {
    this.index = index;
    this.pagesPerSlice = pagesPerSlice;
    returned = new BitSet(pagesPerSlice * Region.SLICES_PER_SUPERSLAB);
    origin = index;
  }

  int firstSlice() {
    return index * Region.SLICES_PER_SUPERSLAB;
  }

  /** What the holder of a slice keeps there. */
  @Nullable Object content(int sliceInSuperslab) {
    return contents[sliceInSuperslab];
  }

  void setContent(int sliceInSuperslab, @Nullable Object content) {
    contents[sliceInSuperslab] = content;
  }

  /** The charged pages of {@code count} slices, a bit set that counts from the first of them. */
  long chargedPages(int first, int count) {
    long pages = 0;
    for (int i = 0; i < count; i++) {
      pages |= Integer.toUnsignedLong(charged[first + i]) << (i * pagesPerSlice);
    }
    return pages;
  }

  /** How many of some pages, a bit set that counts from a slice, are not charged. */
  int countMissing(int first, long pages) {
    int missing = 0;
    long left = pages;
    for (int i = first; left != 0; i++, left >>>= pagesPerSlice) {
      missing += Integer.bitCount(firstOf(left) & ~charged[i]);
    }
    return missing;
  }

  /** Notes that pages are charged; how many of them had been charged once and were not now. */
  int charge(int first, long pages) {
    int refaults = 0;
    long left = pages;
    for (int i = first; left != 0; i++, left >>>= pagesPerSlice) {
      int mine = firstOf(left);
      refaults += Integer.bitCount(mine & touched[i] & ~charged[i]);
      setCharged(i, charged[i] | mine);
    }
    return refaults;
  }

  /** Notes that pages are not charged; how many of them were. */
  int uncharge(int first, long pages) {
    int gone = 0;
    long left = pages;
    for (int i = first; left != 0; i++, left >>>= pagesPerSlice) {
      int mine = firstOf(left) & charged[i];
      gone += Integer.bitCount(mine);
      setCharged(i, charged[i] & ~mine);
    }
    return gone;
  }

  /** Charged pages of some slices. */
  int countCharged(int slices) {
    int pages = 0;
    for (int left = slices & dirty; left != 0; left &= left - 1) {
      pages += Integer.bitCount(charged[Integer.numberOfTrailingZeros(left)]);
    }
    return pages;
  }

  /** Notes what is charged, unless that is its holder's to say. */
  void noteCharged(SliceMap map, int pageShift) {
    for (int slice = 0; slice < charged.length && use != Use.WHOLE; slice++) {
      map.noteCharged(firstSlice() + slice, (long) Integer.bitCount(charged[slice]) << pageShift);
    }
  }

  /** As {@link #charge}, for all pages of some slices. */
  int chargeWhole(int slices) {
    int refaults = 0;
    for (int left = slices; left != 0; left &= left - 1) {
      refaults +=
          charge(
              Integer.numberOfTrailingZeros(left),
              Integer.toUnsignedLong(Bits.lowMask(pagesPerSlice)));
    }
    return refaults;
  }

  /** As {@link #charge}, for all pages of some slices and no others. */
  int chargeOnly(int slices) {
    clean(~slices);
    return chargeWhole(slices);
  }

  /** Takes over which pages are charged, and which ever were, from who held it as a whole. */
  void setPages(BitSet chargedNow, BitSet everCharged) {
    for (int slice = 0; slice < charged.length; slice++) {
      setCharged(slice, pagesOf(everCharged, slice));
      setCharged(slice, pagesOf(chargedNow, slice));
    }
  }

  private int pagesOf(BitSet pages, int slice) {
    int found = 0;
    int from = slice * pagesPerSlice;
    int end = from + pagesPerSlice;
    for (int page = pages.nextSetBit(from); page >= 0 && page < end; ) {
      found |= 1 << (page - from);
      page = pages.nextSetBit(page + 1);
    }
    return found;
  }

  /** All charged pages. */
  BitSet chargedPages() {
    return pagesOf(charged);
  }

  /** All pages that were ever charged. */
  BitSet touchedPages() {
    return pagesOf(touched);
  }

  private BitSet pagesOf(int[] bySlice) {
    BitSet pages = new BitSet(bySlice.length * pagesPerSlice);
    for (int slice = 0; slice < bySlice.length; slice++) {
      for (int mine = bySlice[slice]; mine != 0; mine &= mine - 1) {
        pages.set(slice * pagesPerSlice + Integer.numberOfTrailingZeros(mine));
      }
    }
    return pages;
  }

  /** The slices of which all pages are in {@link #returned}. */
  int returnedSlices() {
    int slices = 0;
    for (int slice = 0; slice < charged.length; slice++) {
      int end = (slice + 1) * pagesPerSlice;
      slices |= returned.nextClearBit(slice * pagesPerSlice) >= end ? 1 << slice : 0;
    }
    return slices;
  }

  void noteReturned(int slices) {
    for (int left = slices; left != 0; left &= left - 1) {
      int slice = Integer.numberOfTrailingZeros(left);
      returned.set(slice * pagesPerSlice, (slice + 1) * pagesPerSlice);
    }
  }

  /** Notes that no page of some slices is charged. */
  void clean(int slices) {
    for (int left = slices & dirty; left != 0; left &= left - 1) {
      setCharged(Integer.numberOfTrailingZeros(left), 0);
    }
  }

  private void setCharged(int slice, int pages) {
    charged[slice] = pages;
    touched[slice] |= pages;
    dirty = pages == 0 ? dirty & ~(1 << slice) : dirty | 1 << slice;
  }

  /** The bits for the first slice of a bit set of pages. */
  private int firstOf(long pages) {
    return (int) pages & Bits.lowMask(pagesPerSlice);
  }

  /** The first run of {@code count} free slices, dirty ones preferred; -1 if there is none. */
  int findRun(int count) {
    int inDirty = firstRun(dirty & ~used, count);
    return inDirty >= 0 ? inDirty : firstRun(~used, count);
  }

  private static int firstRun(int bits, int count) {
    int starts = bits;
    for (int i = 1; i < count && starts != 0; i++) {
      starts &= bits >>> i;
    }
    return starts == 0 ? -1 : Integer.numberOfTrailingZeros(starts);
  }

  void updateLongestRun() {
    int free = ~used;
    int length = 0;
    while (free != 0) {
      free &= free >>> 1;
      length++;
    }
    longestRun = length;
  }

  /** Tells that it is used from now on, unless it was. */
  void tellTaken() {
    if (!taken) {
      taken = true;
      Observer observer = Events.observer();
      if (observer != null) {
        observer.superslabTaken(Region.addressOf(firstSlice()), use == Use.WHOLE);
      }
    }
  }

  /** Tells that nobody uses it any more, if somebody did. */
  void tellReturned() {
    if (taken) {
      taken = false;
      Observer observer = Events.observer();
      if (observer != null) {
        observer.superslabReturned(Region.addressOf(firstSlice()));
      }
    }
  }

  /** Checks I1, I3 and I6; throws {@link IllegalStateException} with the values. */
  void verify() {
    for (int slice = 0; slice < charged.length; slice++) {
      Bits.require(
          (dirty >>> slice & 1) == (charged[slice] == 0 ? 0 : 1),
          "superslab " + index + ": slice " + slice + " is dirty and has no pages, or vice versa");
      Bits.require(
          (charged[slice] & ~touched[slice]) == 0,
          "superslab " + index + ": charged pages of slice " + slice + " that were never touched");
    }
    int noted = longestRun;
    updateLongestRun();
    Bits.require(
        use != Use.SLICES || noted == longestRun,
        "superslab " + index + ": longest run " + noted + " is in truth " + longestRun);
  }
}
