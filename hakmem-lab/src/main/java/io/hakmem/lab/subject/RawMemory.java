// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Reads and writes memory by address, without bounds. */
public final class RawMemory {
  // A constant for the compiler: the one check left of it is the sign of the address.
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
  private static final VarHandle INT = ValueLayout.JAVA_INT_UNALIGNED.varHandle();
  private static final VarHandle LONG = ValueLayout.JAVA_LONG_UNALIGNED.varHandle();

  /** A critical call holds up safepoints, so it is short. */
  private static final int FILLED_BYTES = 64 << 10;

  private static final MethodHandle MEMSET =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("memset"),
              FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG),
              Linker.Option.critical(false));

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

  /** Writes every byte, by memset as the C programs do. */
  public static void fill(long address, long byteSize, byte value) {
    if (byteSize <= FILLED_BYTES) {
      fillPiece(address, byteSize, value);
    } else {
      fillPieces(address, byteSize, value);
    }
  }

  /** A method of its own, so that a loop is no part of what calls are inlined into. */
  private static void fillPieces(long address, long byteSize, byte value) {
    for (long done = 0; done < byteSize; done += FILLED_BYTES) {
      fillPiece(address + done, Math.min(byteSize - done, FILLED_BYTES), value);
    }
  }

  private static void fillPiece(long address, long byteSize, byte value) {
    try {
      MEMSET.invokeExact(address, (int) value, byteSize);
    } catch (Throwable e) {
      throw new AssertionError("memset", e);
    }
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
