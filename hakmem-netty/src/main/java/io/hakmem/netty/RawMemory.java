// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads and writes by absolute address; callers have checked bounds and liveness. */
final class RawMemory {
  /*
   * One constant segment over all addresses: an access is a comparison of the address and a move. A
   * segment for each buffer would be one more object, and its bounds are checked by Netty already.
   */

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final MemorySegment ALL = all();

  private RawMemory() {}

  private static MemorySegment all() {
    try {
      return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    } catch (IllegalCallerException e) {
      Module module = RawMemory.class.getModule();
      throw new IllegalCallerException(
          "hakmem-netty needs native access: start Java with --enable-native-access="
              + (module.isNamed() ? "io.hakmem," + module.getName() : "ALL-UNNAMED"),
          e);
    }
  }

  /** Fails, if it has to, before there is a block that nobody could reach. */
  static void requireNativeAccess() {
    long ignored = ALL.byteSize();
  }

  static byte getByte(long address) {
    return ALL.get(JAVA_BYTE, address);
  }

  static void putByte(long address, byte value) {
    ALL.set(JAVA_BYTE, address, value);
  }

  static short getShort(long address) {
    return ALL.get(SHORT, address);
  }

  static void putShort(long address, short value) {
    ALL.set(SHORT, address, value);
  }

  static int getInt(long address) {
    return ALL.get(INT, address);
  }

  static void putInt(long address, int value) {
    ALL.set(INT, address, value);
  }

  static long getLong(long address) {
    return ALL.get(LONG, address);
  }

  static void putLong(long address, long value) {
    ALL.set(LONG, address, value);
  }

  static void copy(long from, long to, long byteSize) {
    MemorySegment.copy(ALL, from, ALL, to, byteSize);
  }

  static void copy(long from, byte[] to, int index, int length) {
    MemorySegment.copy(ALL, JAVA_BYTE, from, to, index, length);
  }

  static void copy(byte[] from, int index, long to, int length) {
    MemorySegment.copy(from, index, ALL, JAVA_BYTE, to, length);
  }

  /** A view in big-endian order, as all of Netty's buffers are. */
  static ByteBuffer view(long address, int byteSize) {
    return ALL.asSlice(address, byteSize).asByteBuffer();
  }
}
