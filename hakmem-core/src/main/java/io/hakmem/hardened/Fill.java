// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import java.lang.foreign.Arena;
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
   * Canaries are written by words of 8 bytes, poison as bytes. The canary of a block hangs on its
   * address and a secret of the process: who reads one can forge it for this block only. Where the
   * border lies is not written here but in BlockRecords.
   * Poison is one byte, so that it needs no place in a word; it is never 0 and not the same in every
   * process.
   *
   * Of a red zone the 24 bytes behind the border and the last 8, in front of the next block, are
   * drawn and looked at: what is between belongs to nobody. So the same four words are touched of
   * every block, whatever its size: a loop whose length hangs on it is left at a place that the
   * processor cannot foresee, and costs as much as all the rest. Poison is many words, and left to the
   * C library.
   */

  /** Least bytes of a red zone. */
  static final long LEAST_BYTES = 16;

  /** Bytes of a red zone that are drawn at its beginning, if it has so many. */
  private static final int FRONT_BYTES = 24;

  /** Nothing is wrong. */
  static final long INTACT = -1;

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private static final long SECRET;
  private static final byte POISON;

  /** A piece of poison, to compare with. */
  private static final long POISONED;

  static {
    SecureRandom random = new SecureRandom();
    SECRET = random.nextLong();
    POISON = (byte) (0x80 | random.nextInt(0x7f)); // eight of them, as an address, are no pointer
    POISONED = Arena.global().allocate(CBytes.PIECE_BYTES, Long.BYTES).fill(POISON).address();
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
    CBytes.fill(address, byteSize, POISON);
  }

  /** The first byte of a poisoned block that was written to; {@link #INTACT} if none was. */
  static long checkPoison(long address, long byteSize) {
    for (long done = 0; done < byteSize; done += CBytes.PIECE_BYTES) {
      long length = Math.min(byteSize - done, CBytes.PIECE_BYTES);
      if (!CBytes.areEqual(address + done, POISONED, length)) {
        return firstOther(address + done, address + byteSize);
      }
    }
    return INTACT;
  }

  /** The first of the bytes [from, to) that is not poison; {@link #INTACT} if all are again. */
  private static long firstOther(long from, long to) {
    for (long at = from; at < to; at++) {
      if (Memory.getByte(at) != POISON) {
        return at;
      }
    }
    return INTACT;
  }

  private static int firstByte(long difference) {
    return (LITTLE_ENDIAN
            ? Long.numberOfTrailingZeros(difference)
            : Long.numberOfLeadingZeros(difference))
        / Byte.SIZE;
  }
}
