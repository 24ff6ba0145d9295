// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** Reads and writes of mapped memory by absolute address, without any check. */
public final class Memory {
  /*
   * One segment over the whole address space, in a static final field: to C2 its base, length and
   * scope are constants, so an access is one comparison of the address and one move. The unaligned
   * layouts save the alignment test; every address used here is aligned anyway. The handles are used
   * without the segment's own get and set, which come to the same code, but by more of the nodes that
   * C2 allows a method with all that is inlined into it.
   */

  /** The null address, and the result of every allocation that failed below the public API. */
  public static final long NULL = 0;

  /** Up to here a few stores are faster than the set-up of a bulk operation. */
  private static final int SHORT_BYTES = 128;

  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  private static final VarHandle BYTE = JAVA_BYTE.varHandle();
  private static final VarHandle INT = JAVA_INT_UNALIGNED.varHandle();
  private static final VarHandle LONG = JAVA_LONG_UNALIGNED.varHandle();

  private Memory() {}

  @HotPath
  public static byte getByte(long address) {
    return (byte) BYTE.get(ALL, address);
  }

  @HotPath
  public static void putByte(long address, byte value) {
    BYTE.set(ALL, address, value);
  }

  @HotPath
  public static int getInt(long address) {
    return (int) INT.get(ALL, address);
  }

  public static void putInt(long address, int value) {
    INT.set(ALL, address, value);
  }

  @HotPath
  public static long getLong(long address) {
    return (long) LONG.get(ALL, address);
  }

  @HotPath
  public static void putLong(long address, long value) {
    LONG.set(ALL, address, value);
  }

  /** Uses every accessor once on 16 scratch bytes at an address, so that it gets compiled early. */
  public static void exercise(long address) {
    putLong(address, getLong(address) + 1);
    putInt(address + Long.BYTES, getInt(address + Long.BYTES) + 1);
    putByte(address + 12, (byte) (getByte(address + 12) + 1));
  }

  /** Copies a multiple of 16 bytes, at least 16, between blocks that do not overlap. */
  public static void copyGranules(long from, long to, long byteSize) {
    if (byteSize > SHORT_BYTES) {
      copy(from, to, byteSize);
      return;
    }
    // A loop: written out, the stores would use up what C2 allows a caller for all its inlining.
    // Its end is tested by !=, for C2 prepares loops that count to a limit with more work than is
    // in them.
    long source = from;
    long target = to;
    do {
      putLong(target, getLong(source));
      putLong(target + Long.BYTES, getLong(source + Long.BYTES));
      source += 16;
      target += 16;
    } while (source != from + byteSize);
  }

  public static void copy(long from, long to, long byteSize) {
    MemorySegment.copy(ALL, from, ALL, to, byteSize);
  }

  /** Reads {@code count} longs from an address on into {@code to[0]} and following. */
  public static void getLongs(long address, long[] to, int count) {
    MemorySegment.copy(ALL, JAVA_LONG_UNALIGNED, address, to, 0, count);
  }

  /** Writes {@code count} longs, {@code from[index]} and following, to an address on. */
  public static void putLongs(long address, long[] from, int index, int count) {
    MemorySegment.copy(from, index, ALL, JAVA_LONG_UNALIGNED, address, count);
  }

  /**
   * A view of {@code byteSize} bytes at {@code address}: alive as long as an arena, open to whom it
   * is.
   */
  public static MemorySegment segment(long address, long byteSize, Arena arena) {
    return MemorySegment.ofAddress(address).reinterpret(byteSize, arena, null);
  }

  /** A view of {@code byteSize} bytes at {@code address}, always alive, open to every thread. */
  public static MemorySegment segment(long address, long byteSize) {
    return ALL.asSlice(address, byteSize);
  }
}
