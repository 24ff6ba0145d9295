// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.Bits;
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
   *   dirty     1        1        1        1        1        1    ...        0
   *
   *   I1  used implies dirty: what is in use counts as touched
   *   I2  a slice that is not used has no page map entry
   *   I3  longestRun is the length of the longest run of slices that are not used
   *   I4  charged to the account are a page of the live map for each slice in liveDirty, and the dirty
   *       slices; in a WHOLE superslab, what its holder says instead of these
   *   I5  only FREE superslabs and those of SLICES that are partly used are found by Superslabs
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
  Use use = Use.FREE;
  int used;
  int dirty;
  int liveDirty;

  /** Slices that read as zero when they were acquired. */
  int acquiredClean;

  /** The superslab in which its pages were at home first: see {@link PageMover}. */
  int origin;

  int longestRun = Region.SLICES_PER_SUPERSLAB;

  /** When a slice became free and dirty last, {@link System#nanoTime}. */
  long dirtySince;

  @Nullable Superslab next;
  @Nullable Superslab previous;

  private final @Nullable Object[] contents = new @Nullable Object[Region.SLICES_PER_SUPERSLAB];

  Superslab(int index) {
    this.index = index;
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

  /** Checks I1 and I3; throws {@link IllegalStateException} with the values. */
  void verify() {
    Bits.require((used & ~dirty) == 0, "superslab " + index + ": used slices that are not dirty");
    int noted = longestRun;
    updateLongestRun();
    Bits.require(
        use != Use.SLICES || noted == longestRun,
        "superslab " + index + ": longest run " + noted + " is in truth " + longestRun);
  }
}
