// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import io.hakmem.memory.Bits;
import io.hakmem.memory.HotPath;
import io.hakmem.superslab.Region;

/** The one table of size classes; every other size is derived from it. */
public final class SizeClasses {
  /*
   * Class 0 is none. From 16 to 128 bytes there is a class every 16 bytes, from there on eight
   * classes a doubling, so that at most 15 bytes, or one eighth of the size, are wasted inside:
   *
   *   class    1   2  ...   8 |  9   10 ...  16 | 17 ...  24 | 25  ...  40 | 41   ...   76
   *   bytes   16  32  ... 128 |144  160 ... 256 |288 ... 512 |576  ... 2048 |2304  ... 49152
   *           |<----------------------- tiny ------------------------------>|<--- pool --->|
   *
   * The tiers part where few programs have sizes of both sides in turns: which side comes the
   * processor has to guess, and a wrong guess costs as much as the call (see DECISIONS.md). Sizes
   * above the last class are served page by page: the next one, of 52 KiB, would need slabs of more
   * pages than a long has bits, see SlabLayout.
   */

  /** Classes of the tiny tier are 1 to this. */
  public static final int TINY_CLASSES = 40;

  /** Classes of the pool tier are the next ones up to this. */
  public static final int MAX_CLASS = 76;

  /** Largest size of the tiny tier in bytes. */
  public static final int MAX_TINY_BYTES = 2048;

  /** Largest size that has a class, in bytes. */
  public static final int MAX_BYTES = 48 << 10;

  private static final int LINEAR_CLASSES = 8;
  private static final int CLASSES_PER_DOUBLING_SHIFT = 3;

  /** Slabs are as long as needed for a tail of at most an eighth. */
  private static final int MAX_TAIL_SHIFT = 3;

  /** A slab has at least this many blocks, as long as one fits into a superslab. */
  private static final int MIN_BLOCKS = 4;

  // Derived
  private static final int[] BYTES = new int[MAX_CLASS + 1];
  private static final int[] SLICES = new int[MAX_CLASS + 1];
  private static final int[] BLOCKS = new int[MAX_CLASS + 1];
  private static final long[] RECIPROCALS = new long[MAX_CLASS + 1];
  private static final byte[] TINY_CLASS_OF =
      new byte[(MAX_TINY_BYTES >> Region.GRANULE_SHIFT) + 1];

  static {
    for (int c = 1; c <= MAX_CLASS; c++) {
      BYTES[c] = computeBytes(c);
      SLICES[c] = computeSlices(BYTES[c]);
      BLOCKS[c] = (int) ((SLICES[c] * Region.SLICE_BYTES) / BYTES[c]);
      long granules = BYTES[c] >> Region.GRANULE_SHIFT;
      RECIPROCALS[c] = ((1L << 32) + granules - 1) / granules;
    }
    int sizeClass = 1;
    for (int i = 0; i < TINY_CLASS_OF.length; i++) {
      if (i << Region.GRANULE_SHIFT > BYTES[sizeClass]) {
        sizeClass++;
      }
      TINY_CLASS_OF[i] = (byte) sizeClass;
    }
    Bits.require(BYTES[TINY_CLASSES] == MAX_TINY_BYTES, "the tiny classes end at 2048 bytes");
    Bits.require(BYTES[MAX_CLASS] == MAX_BYTES, "the classes end at 48 KiB");
  }

  private SizeClasses() {}

  private static int computeBytes(int sizeClass) {
    if (sizeClass <= LINEAR_CLASSES) {
      return sizeClass << Region.GRANULE_SHIFT;
    }
    int i = sizeClass - LINEAR_CLASSES - 1;
    int doubling = i >> CLASSES_PER_DOUBLING_SHIFT;
    int step = (i & ((1 << CLASSES_PER_DOUBLING_SHIFT) - 1)) + 1;
    return (128 << doubling) + step * (16 << doubling);
  }

  private static int computeSlices(int bytes) {
    for (int slices = 1; ; slices++) {
      long length = slices * Region.SLICE_BYTES;
      long tail = length % bytes;
      if (length / bytes >= MIN_BLOCKS && tail <= length >> MAX_TAIL_SHIFT) {
        return slices;
      }
    }
  }

  /** Whether a number is that of a tiny class. */
  @HotPath
  public static boolean isTiny(int sizeClass) {
    return Integer.compareUnsigned(sizeClass - 1, TINY_CLASSES) < 0;
  }

  /** Whether a number is that of a pool class. */
  @HotPath
  public static boolean isPool(int sizeClass) {
    return Integer.compareUnsigned(sizeClass - TINY_CLASSES - 1, MAX_CLASS - TINY_CLASSES) < 0;
  }

  /** The class of a size of 0 to {@link #MAX_TINY_BYTES} bytes; 0 is served as 1. */
  @HotPath
  public static int tinyClassOf(long byteSize) {
    return TINY_CLASS_OF[(int) (byteSize + Region.GRANULE_BYTES - 1) >>> Region.GRANULE_SHIFT];
  }

  /** The class of a size above {@link #MAX_TINY_BYTES}, up to {@link #MAX_BYTES} bytes. */
  @HotPath
  public static int poolClassOf(long byteSize) {
    // With v = size - 1 in [2^k, 2^(k+1)), the four highest bits of v are 8 ... 15, one a class;
    // shifted by 4, 8 is class 9.
    int v = (int) byteSize - 1;
    int shift = 31 - CLASSES_PER_DOUBLING_SHIFT - Integer.numberOfLeadingZeros(v);
    return ((shift - 4) << CLASSES_PER_DOUBLING_SHIFT) + (v >>> shift) + 1;
  }

  /** The class of a size of 0 to {@link #MAX_BYTES} bytes. */
  public static int classOf(long byteSize) {
    return byteSize <= MAX_TINY_BYTES ? tinyClassOf(byteSize) : poolClassOf(byteSize);
  }

  /**
   * The smallest class that holds a size and whose blocks all start at multiples of an alignment, a
   * power of two up to the size of a slice; 0 if there is none.
   */
  public static int alignedClassOf(long byteSize, long alignment) {
    for (int c = byteSize <= MAX_BYTES ? classOf(byteSize) : MAX_CLASS + 1; c <= MAX_CLASS; c++) {
      if ((BYTES[c] & (alignment - 1)) == 0) {
        return c;
      }
    }
    return 0;
  }

  /** Bytes of a block of a class. */
  public static int bytes(int sizeClass) {
    return BYTES[sizeClass];
  }

  /** Slices of a slab of a class. */
  public static int slices(int sizeClass) {
    return SLICES[sizeClass];
  }

  /** Blocks in a slab of a class. */
  public static int blocks(int sizeClass) {
    return BLOCKS[sizeClass];
  }

  /** Number of the block of a class that holds the byte at an offset into its slab. */
  static int blockIndex(int sizeClass, long offsetInSlab) {
    // Exact: the granule offset is below 2^17 and the divisor below 2^12.
    return (int) (((offsetInSlab >>> Region.GRANULE_SHIFT) * RECIPROCALS[sizeClass]) >>> 32);
  }
}
