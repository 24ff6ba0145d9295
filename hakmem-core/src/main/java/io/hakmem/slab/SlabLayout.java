// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.Region;

/** Which blocks of the slabs of one class lie on which pages. */
final class SlabLayout {
  /*
   *   block    0          1          2          3          4          5     tail
   *        +----------+----------+----------+----------+----------+----------+-----+
   *        +-------------+-------------+-------------+-------------+---------------+
   *   page         0             1             2             3             4
   *
   * A set of pages of a slab is one long, bit 0 for the first page.
   */

  private static final int MAX_KEPT_BLOCK_BYTES = 8192;

  final int sizeClass;
  final int bytes;
  final int blocks;
  final int pageShift;

  /** All pages that a block lies on. */
  final long pages;

  /**
   * Whether an empty slab may be kept. Of large blocks it is not: each of their many classes would
   * hold pages that no other can have, for a slab that serves few requests.
   */
  final boolean keepsEmpty;

  SlabLayout(int sizeClass, int pageShift) {
    this.sizeClass = sizeClass;
    this.pageShift = pageShift;
    bytes = SizeClasses.bytes(sizeClass);
    blocks = SizeClasses.blocks(sizeClass);
    keepsEmpty = bytes <= MAX_KEPT_BLOCK_BYTES;
    int count = (int) ((SizeClasses.slices(sizeClass) * Region.SLICE_BYTES) >>> pageShift);
    Bits.require(count <= Long.SIZE, "a slab of class " + sizeClass + " has " + count + " pages");
    pages = blocks == 0 ? 0 : pagesBetween(0, (long) blocks * bytes);
  }

  boolean isTiny() {
    return sizeClass <= SizeClasses.TINY_CLASSES;
  }

  /** The pages that a block lies on. */
  long pagesOf(int block) {
    long from = (long) block * bytes;
    return pagesBetween(from, from + bytes);
  }

  /** The pages of the bytes [from, to) of a slab. */
  long pagesBetween(long from, long to) {
    return Bits.rangeMask((int) (from >>> pageShift), (int) ((to - 1) >>> pageShift) + 1);
  }

  /** The first block that lies on a page; {@link #blocks} or more if none does. */
  int firstOn(int page) {
    return SizeClasses.blockIndex(sizeClass, (long) page << pageShift);
  }

  /** The block behind the last one that lies on a page. */
  int endOn(int page) {
    long last = ((page + 1L) << pageShift) - 1;
    return Math.min(SizeClasses.blockIndex(sizeClass, last) + 1, blocks);
  }
}
