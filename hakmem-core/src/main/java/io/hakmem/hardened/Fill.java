// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.memory.Memory;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/** What stands in red zones and in freed blocks, and whether it still does. */
final class Fill {
  /*
   *   address                  address + byteSize                    + usable
   *   |                        |                                     |
   *   v                        v                                     v
   *   +------------------------+-------------------------------------+
   *   | the program's; poison  | canary, ...                 canary  |
   *   | once it is freed       |                                     |
   *   +------------------------+-------------------------------------+
   *
   * Both are written by words of 8 bytes, poison with the bytes of a last one that are the
   * program's. The canary of a block hangs on its address and a secret of the process: who reads one
   * can forge it for this block only. Where the border lies is not written here but in BlockRecords.
   * Poison is one byte, so that it needs no place in a word; it is never 0 and not the same in every
   * process.
   *
   * Of a red zone the 24 bytes behind the border and the last 8, in front of the next block, are
   * drawn and looked at: what is between belongs to nobody. So the same four words are touched of
   * every block, whatever its size: a loop whose length hangs on it is left at a place that the
   * processor cannot foresee, and costs as much as all the rest. Poison is many words: its loops count
   * an int, without a way out in the middle, and C2 unrolls them, without the objects and checks of
   * MemorySegment's bulk operations.
   */

  /** Least bytes of a red zone. */
  static final long LEAST_BYTES = 16;

  /** Bytes of a red zone that are drawn at its beginning, if it has so many. */
  private static final int FRONT_BYTES = 24;

  /** Nothing is wrong. */
  static final long INTACT = -1;

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final long WORD_MASK = -Long.BYTES;

  /** Words are counted by an int within a piece; pages at a time are compared. */
  private static final int PIECE_BYTES = 16 << 10;

  private static final long SECRET;
  private static final long POISON;

  static {
    SecureRandom random = new SecureRandom();
    SECRET = random.nextLong();
    long poison = 0x80 | random.nextInt(0x7f); // as an address of the region no pointer
    POISON = poison * 0x0101_0101_0101_0101L;
  }

  private Fill() {}

  static long canary(long address) {
    long mixed = (address ^ SECRET) * GOLDEN;
    return mixed ^ (mixed >>> 29);
  }

  /**
   * Writes the canary of the block at {@code address} to the first and the last words of the bytes
   * [from, to) behind its end, at least {@link #LEAST_BYTES} and to the end of a word.
   */
  static void drawRedZone(long address, long from, long to) {
    long canary = canary(address);
    long last = to - Long.BYTES;
    long third = Math.min(from + 16, last);
    Memory.putLong(from, shifted(canary, from));
    Memory.putLong(from + 8, shifted(canary, from));
    Memory.putLong(third, shifted(canary, third));
    Memory.putLong(last, canary);
  }

  /**
   * The first byte of the canary that {@link #drawRedZone} wrote that was written to; {@link
   * #INTACT} if none was.
   */
  static long checkRedZone(long address, long from, long to) {
    long canary = canary(address);
    long last = to - Long.BYTES;
    long third = Math.min(from + 16, last);
    long differences =
        (Memory.getLong(from) ^ shifted(canary, from))
            | (Memory.getLong(from + 8) ^ shifted(canary, from))
            | (Memory.getLong(third) ^ shifted(canary, third))
            | (Memory.getLong(last) ^ canary);
    return differences == 0 ? INTACT : firstWritten(address, from, to);
  }

  private static long firstWritten(long address, long from, long to) {
    long canary = canary(address);
    for (int offset = 0; offset < FRONT_BYTES; offset += Long.BYTES) {
      long word = Math.min(from + offset, to - Long.BYTES);
      long difference = Memory.getLong(word) ^ shifted(canary, word);
      if (difference != 0) {
        return word + firstByte(difference);
      }
    }
    return checkLastWord(address, to);
  }

  /** As {@link #checkRedZone} for the last word of the red zone that ends at {@code to}. */
  static long checkLastWord(long address, long to) {
    long last = to - Long.BYTES;
    long difference = Memory.getLong(last) ^ canary(address);
    return difference == 0 ? INTACT : last + firstByte(difference);
  }

  /** What the eight bytes from an address on are in a row of canaries at multiples of eight. */
  private static long shifted(long canary, long address) {
    int bits = (int) address * Byte.SIZE;
    return LITTLE_ENDIAN ? Long.rotateRight(canary, bits) : Long.rotateLeft(canary, bits);
  }

  /** Poisons the bytes of a block up to its red zone. */
  static void poison(long address, long byteSize) {
    long end = address + byteSize;
    long words = end & WORD_MASK;
    for (long from = address; from < words; from += PIECE_BYTES) {
      int length = (int) Math.min(words - from, PIECE_BYTES);
      for (int i = 0; i < length; i += Long.BYTES) {
        Memory.putLong(from + i, POISON);
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
    for (long from = address; from < words; from += PIECE_BYTES) {
      int length = (int) Math.min(words - from, PIECE_BYTES);
      long differences = 0;
      for (int i = 0; i < length; i += Long.BYTES) {
        differences |= Memory.getLong(from + i) ^ POISON;
      }
      if (differences != 0) {
        return firstOther(from, words);
      }
    }
    long difference = words == end ? 0 : (Memory.getLong(words) ^ POISON) & maskBelow(end);
    return difference == 0 ? INTACT : words + firstByte(difference);
  }

  /**
   * The first byte of the words [from, to) that is not poison; {@link #INTACT} if all are again.
   */
  private static long firstOther(long from, long to) {
    for (long word = from; word < to; word += Long.BYTES) {
      long difference = Memory.getLong(word) ^ POISON;
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
