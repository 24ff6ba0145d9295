// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** Reads and writes memory by address, without bounds. */
public final class RawMemory {
  // A constant for the compiler: the one check left of it is the sign of the address.
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Up to here a few stores are faster than the set-up of a bulk operation. */
  private static final int SHORT_BYTES = 128;

  private static final int STEP_BYTES = 2 * Long.BYTES;

  private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
  private static final VarHandle INT = ValueLayout.JAVA_INT_UNALIGNED.varHandle();
  private static final VarHandle LONG = ValueLayout.JAVA_LONG_UNALIGNED.varHandle();

  private RawMemory() {}

  public static void putByte(long address, byte value) {
    BYTE.set(ALL, address, value);
  }

  public static byte getByte(long address) {
    return (byte) BYTE.get(ALL, address);
  }

  /** Writes a byte so that the write happens, even if it is soon overwritten. */
  public static void putByteOpaque(long address, byte value) {
    BYTE.setOpaque(ALL, address, value);
  }

  /** Reads a byte so that the read happens, even if the value is known. */
  public static byte getByteOpaque(long address) {
    return (byte) BYTE.getOpaque(ALL, address);
  }

  /** Writes 4 bytes, at any address. */
  public static void putInt(long address, int value) {
    INT.set(ALL, address, value);
  }

  /** Reads 4 bytes, at any address. */
  public static int getInt(long address) {
    return (int) INT.get(ALL, address);
  }

  /** Writes 8 bytes, at any address. */
  public static void putLong(long address, long value) {
    LONG.set(ALL, address, value);
  }

  /** Reads 8 bytes, at any address. */
  public static long getLong(long address) {
    return (long) LONG.get(ALL, address);
  }

  /**
   * Writes every byte, as memset does: short areas in steps of which the last may overlap, so that
   * few branches depend on the size.
   */
  public static void fill(long address, long byteSize, byte value) {
    if (byteSize > SHORT_BYTES) {
      ALL.asSlice(address, byteSize).fill(value);
      return;
    }
    long word = (value & 0xffL) * 0x0101_0101_0101_0101L;
    if (byteSize > 2 * STEP_BYTES) {
      long last = address + byteSize - 2 * STEP_BYTES;
      long at = address;
      while (true) {
        putStep(at, word);
        putStep(at + STEP_BYTES, word);
        if (at == last) {
          return;
        }
        at = Math.min(at + 2 * STEP_BYTES, last);
      }
    } else if (byteSize >= STEP_BYTES) {
      putStep(address, word);
      putStep(address + byteSize - STEP_BYTES, word);
    } else if (byteSize >= Long.BYTES) {
      putLong(address, word);
      putLong(address + byteSize - Long.BYTES, word);
    } else if (byteSize >= Integer.BYTES) {
      putInt(address, (int) word);
      putInt(address + byteSize - Integer.BYTES, (int) word);
    } else {
      for (long at = address; at < address + byteSize; at++) {
        putByte(at, value);
      }
    }
  }

  private static void putStep(long address, long word) {
    putLong(address, word);
    putLong(address + Long.BYTES, word);
  }

  /** Reads every byte, by words of which the last may overlap; returns some sum of them. */
  public static long sum(long address, int byteSize) {
    long sum = 0;
    if (byteSize >= Long.BYTES) {
      long end = address + (byteSize & -Long.BYTES);
      // Ends by !=, for C2 prepares loops that count to a limit with more work than short areas
      // are.
      for (long at = address; at != end; at += Long.BYTES) {
        sum += getLong(at);
      }
      return sum + getLong(address + byteSize - Long.BYTES);
    }
    if (byteSize >= Integer.BYTES) {
      return (long) getInt(address) + getInt(address + byteSize - Integer.BYTES);
    }
    for (long at = address; at < address + byteSize; at++) {
      sum += getByte(at);
    }
    return sum;
  }

  /** The next multiple of the alignment, a power of two, if it is none yet. */
  static long alignUp(long address, long alignment) {
    return (address + alignment - 1) & -alignment;
  }

  public static void copy(long from, long to, long byteSize) {
    MemorySegment.copy(ALL, from, ALL, to, byteSize);
  }
}
