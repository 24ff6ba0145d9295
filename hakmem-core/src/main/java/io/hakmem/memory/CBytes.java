// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Bytes written and compared as fast as the processor can, by {@code memset} and {@code memcmp}.
 * Any thread; the memory is not checked.
 */
public final class CBytes {
  /*
   * C2 makes no vector instructions of accesses by address, so a loop in Java takes eight bytes a step
   * where these take 32 or 64, and what the JDK fills a segment with takes no more. The calls are
   * critical ones: a few instructions around the function's own. Such a call holds up a safepoint, so
   * none is about more than a piece; the JDK's own fill holds it up for all of a segment. Both are
   * called when the class is initialised, and then never need an object: who calls them may hold a
   * claim, or a block half prepared.
   */

  /** Bytes that are compared in a call at most: a tenth of a microsecond. */
  public static final int PIECE_BYTES = 4 << 10;

  /**
   * Bytes that are written in a call at most: one or two microseconds, ten where the pages were
   * never touched. With less, memory that no cache holds is written more slowly.
   */
  private static final int FILLED_BYTES = 64 << 10;

  private static final Linker.Option CRITICAL = Linker.Option.critical(false);

  private static final MethodHandle MEMSET =
      CLibrary.bind("memset", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG), CRITICAL);

  private static final MethodHandle MEMCMP =
      CLibrary.bind(
          "memcmp", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);

  static {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment two = arena.allocate(2);
      fill(two.address(), 2, (byte) 1);
      if (!areEqual(two.address(), two.address() + 1, 1)) {
        throw new IllegalStateException("memset and memcmp of the C library do not agree");
      }
    }
  }

  private CBytes() {}

  /** Writes a byte to all of an area; {@code byteSize} may be 0. Never fails. */
  @HotPath
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

  @HotPath
  private static void fillPiece(long address, long byteSize, byte value) {
    try {
      MEMSET.invokeExact(address, (int) value, byteSize);
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
  }

  /** Whether two areas of at most {@link #PIECE_BYTES} hold the same bytes. */
  public static boolean areEqual(long address, long other, long byteSize) {
    try {
      return (int) MEMCMP.invokeExact(address, other, byteSize) == 0;
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
  }
}
