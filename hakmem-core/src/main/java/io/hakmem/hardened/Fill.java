// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/** What stands in red zones and in freed blocks, and whether it still does. */
final class Fill {
  /*
   *   address                  address + byteSize                    + usable
   *   |                        |                                     |
   *   v                        v                                     v
   *   +------------------------+-------------------------------------+
   *   | the program's; poison  | canary, canary, canary ...          |
   *   | once it is freed       |                                     |
   *   +------------------------+-------------------------------------+
   *
   * Both are written by words of 8 bytes, of which the one that the border goes through is mixed. The
   * canary of a block hangs on its address and a secret of the process: who reads one can forge it for
   * this block only. Where the border lies is not written here but in BlockRecords. Poison is one byte,
   * as long areas are filled and compared by it; it is never 0 and not the same in every process.
   */

  /** Least bytes of a red zone. */
  static final long LEAST_BYTES = 16;

  /** Nothing is wrong. */
  static final long INTACT = -1;

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final long WORD_MASK = -Long.BYTES;

  /** From here on, areas are compared as a whole. */
  private static final long BULK_BYTES = 128;

  private static final int PIECE_BYTES = 16 << 10;

  private static final long SECRET;
  private static final byte POISON_BYTE;
  private static final long POISON;
  private static final MemorySegment POISONED;

  static {
    SecureRandom random = new SecureRandom();
    SECRET = random.nextLong();
    POISON_BYTE = (byte) (0x80 | random.nextInt(0x7f)); // as an address of the region no pointer
    POISON = (POISON_BYTE & 0xffL) * 0x0101_0101_0101_0101L;
    byte[] piece = new byte[PIECE_BYTES];
    Arrays.fill(piece, POISON_BYTE);
    POISONED = MemorySegment.ofArray(piece);
  }

  private Fill() {}

  static long canary(long address) {
    long mixed = (address ^ SECRET) * GOLDEN;
    return mixed ^ (mixed >>> 29);
  }

  /** Writes the canary of the block at {@code address} to the bytes [from, to) behind its end. */
  static void drawRedZone(long address, long from, long to) {
    long canary = canary(address);
    long word = from & WORD_MASK;
    if (word != from) {
      long kept = maskBelow(from);
      Memory.putLong(word, (Memory.getLong(word) & kept) | (canary & ~kept));
      word += Long.BYTES;
    }
    for (; word < to; word += Long.BYTES) {
      Memory.putLong(word, canary);
    }
  }

  /** The first byte of the red zone [from, to) that was written to; {@link #INTACT} if none was. */
  static long checkRedZone(long address, long from, long to) {
    long canary = canary(address);
    long word = from & WORD_MASK;
    if (word != from) {
      long difference = (Memory.getLong(word) ^ canary) & ~maskBelow(from);
      if (difference != 0) {
        return word + firstByte(difference);
      }
      word += Long.BYTES;
    }
    return firstOther(word, to, canary);
  }

  /** Poisons the bytes of a block up to its red zone. */
  static void poison(long address, long byteSize) {
    long end = address + byteSize;
    long words = end & WORD_MASK;
    if (words - address > BULK_BYTES) {
      Memory.fill(address, words - address, POISON_BYTE);
    } else {
      for (long word = address; word < words; word += Long.BYTES) {
        Memory.putLong(word, POISON);
      }
    }
    if (words != end) {
      long below = maskBelow(end);
      Memory.putLong(words, (POISON & below) | (Memory.getLong(words) & ~below));
    }
  }

  /** The first byte of a poisoned block that was written to; {@link #INTACT} if none was. */
  static long checkPoison(long address, long byteSize) {
    long end = address + byteSize;
    long words = end & WORD_MASK;
    long other = INTACT;
    if (words - address > BULK_BYTES) {
      for (long from = address; other == INTACT && from < words; from += PIECE_BYTES) {
        long mismatch = Memory.mismatch(from, Math.min(words - from, PIECE_BYTES), POISONED);
        other = mismatch < 0 ? INTACT : from + mismatch;
      }
    } else {
      other = firstOther(address, words, POISON);
    }
    if (other == INTACT && words != end) {
      long difference = (Memory.getLong(words) ^ POISON) & maskBelow(end);
      return difference == 0 ? INTACT : words + firstByte(difference);
    }
    return other;
  }

  private static long firstOther(long from, long to, long expected) {
    for (long word = from; word < to; word += Long.BYTES) {
      long difference = Memory.getLong(word) ^ expected;
      if (difference != 0) {
        return word + firstByte(difference);
      }
    }
    return INTACT;
  }

  /** The bytes of a word that lie below an address in it. */
  private static long maskBelow(long address) {
    int bits = (int) (address & ~WORD_MASK) * Byte.SIZE;
    return LITTLE_ENDIAN ? ~(-1L << bits) : ~(-1L >>> bits);
  }

  private static int firstByte(long difference) {
    return (LITTLE_ENDIAN
            ? Long.numberOfTrailingZeros(difference)
            : Long.numberOfLeadingZeros(difference))
        / Byte.SIZE;
  }
}
