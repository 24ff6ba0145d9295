// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

/** Contents of blocks that tell which block, and which place in it, they belong to. */
final class Patterns {
  /*
   * Up to DENSE_BYTES every byte is written and checked, beyond that the first and the last ones and
   * a few at the start of each page, or the large tiers would take all the time.
   */

  private static final long DENSE_BYTES = 16 << 10;
  private static final long PAGE_BYTES = 4096;
  private static final long PROBE_BYTES = 16;

  private Patterns() {}

  static void write(long address, long byteSize, long seed) {
    if (byteSize <= DENSE_BYTES) {
      writeRange(address, 0, byteSize, seed);
      return;
    }
    for (long page = 0; page < byteSize; page += PAGE_BYTES) {
      writeRange(address, page, Math.min(page + PROBE_BYTES, byteSize), seed);
    }
    writeRange(address, byteSize - PROBE_BYTES, byteSize, seed);
  }

  /**
   * The offset of the first of {@code byteSize} bytes that is not what was written to it when the
   * block had {@code written} bytes; -1 if there is none.
   */
  static long mismatch(long address, long byteSize, long written, long seed) {
    if (written <= DENSE_BYTES) {
      return mismatchInRange(address, 0, byteSize, seed);
    }
    long found = -1;
    for (long page = 0; page < byteSize && found < 0; page += PAGE_BYTES) {
      found = mismatchInRange(address, page, Math.min(page + PROBE_BYTES, byteSize), seed);
    }
    return found >= 0 ? found : mismatchInRange(address, written - PROBE_BYTES, byteSize, seed);
  }

  private static void writeRange(long address, long from, long to, long seed) {
    for (long i = from; i < to; ) {
      if (i % Long.BYTES == 0 && to - i >= Long.BYTES) {
        Raw.putLong(address + i, eightAt(seed, i));
        i += Long.BYTES;
      } else {
        Raw.putByte(address + i, at(seed, i));
        i++;
      }
    }
  }

  private static long mismatchInRange(long address, long from, long to, long seed) {
    for (long i = from; i < to; ) {
      if (i % Long.BYTES == 0
          && to - i >= Long.BYTES
          && Raw.getLong(address + i) == eightAt(seed, i)) {
        i += Long.BYTES;
      } else if (Raw.getByte(address + i) != at(seed, i)) {
        return i;
      } else {
        i++;
      }
    }
    return -1;
  }

  /** The offset of the first byte that is not zero; -1 if there is none. */
  static long firstNonZero(long address, long byteSize) {
    for (long i = 0; i < byteSize; ) {
      if (byteSize - i >= Long.BYTES) {
        if (Raw.getLong(address + i) != 0) {
          return i;
        }
        i += Long.BYTES;
      } else if (Raw.getByte(address + i) != 0) {
        return i;
      } else {
        i++;
      }
    }
    return -1;
  }

  private static byte at(long seed, long i) {
    return (byte) (eightAt(seed, i & -Long.BYTES) >>> (i % Long.BYTES * Byte.SIZE));
  }

  /** Eight bytes, none of them 0, so that purged memory is told from written memory. */
  private static long eightAt(long seed, long i) {
    long mixed = (seed + i) * 0x9e3779b97f4a7c15L;
    return (mixed ^ (mixed >>> 29)) | 0x0101_0101_0101_0101L;
  }
}
