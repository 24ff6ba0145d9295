// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import java.util.Arrays;

/** What lies in the slices of all superslabs at an instant; each holder notes its own. */
public final class SliceMap {
  /*
   * Made by Superslabs, which notes what is charged for free slices and for slabs; then every holder
   * notes what it has, under its own lock. So holders are not seen at one moment: while other threads
   * allocate and free, a slice that goes from one to another may be missing or be noted twice, and
   * then has what was noted last.
   */

  /** What holds a slice. */
  public enum Content {
    /** Nobody; it may be charged until it is purged. */
    FREE,
    /** A slab of a tiny class. */
    TINY,
    /** A slab of a pool class. */
    POOL,
    /** Runs of pages, or the room between them. */
    RUNS,
    /** A huge block. */
    HUGE
  }

  private final Content[] contents;
  private final int[] used;
  private final int[] charged;

  SliceMap(int superslabs) {
    int slices = superslabs * Region.SLICES_PER_SUPERSLAB;
    contents = new Content[slices];
    Arrays.fill(contents, Content.FREE);
    used = new int[slices];
    charged = new int[slices];
  }

  /** How many slices there are, in the order of their addresses from the region's start on. */
  public int sliceCount() {
    return contents.length;
  }

  /** What holds a slice. */
  public Content content(int slice) {
    return contents[slice];
  }

  /**
   * Bytes of a slice in blocks that left their slab, which are live or in caches, and in pages of
   * live large blocks. Of a slab of several slices each has the same part.
   */
  public int usedBytes(int slice) {
    return used[slice];
  }

  /** Bytes of a slice that are charged. */
  public int chargedBytes(int slice) {
    return charged[slice];
  }

  /** Notes what is charged for a slice. */
  public void noteCharged(int slice, long bytes) {
    if (slice < charged.length) { // else it is younger than the map
      charged[slice] = (int) bytes;
    }
  }

  /** Notes who holds a slice, and how many bytes of it are in use. */
  public void note(int slice, Content content, long usedBytes) {
    if (slice < contents.length) {
      contents[slice] = content;
      used[slice] = (int) usedBytes;
    }
  }
}
