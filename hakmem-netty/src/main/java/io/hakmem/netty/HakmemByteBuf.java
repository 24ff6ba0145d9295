// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import io.hakmem.Hakmem;
import io.netty.buffer.AbstractReferenceCountedByteBuf;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;
import org.jspecify.annotations.Nullable;

/** A direct buffer that is one block of hakmem's. */
final class HakmemByteBuf extends AbstractReferenceCountedByteBuf {
  /*
   *   I1  while refCnt() > 0, a live block of at least capacity bytes starts at address
   *   I2  the allocator's count of direct bytes is the sum of such capacities
   *
   * Netty's superclass checks bounds and liveness before it calls a method whose name begins with an
   * underscore. The address stays after the release: a read that races with it finds what was there,
   * as in Netty's own pools, not an address that ends the process.
   *
   * Buffers are not recycled: a new object costs less than finding a thread's pool of old ones.
   */

  /** Streams know arrays only; more than this is copied piece by piece. */
  private static final int MOST_AT_ONCE = 8192;

  private final HakmemByteBufAllocator allocator;
  private long address;
  private int capacity;
  private @Nullable ByteBuffer whole;

  HakmemByteBuf(HakmemByteBufAllocator allocator, int initialCapacity, int maxCapacity) {
    super(maxCapacity);
    this.allocator = allocator;
    address = Hakmem.allocate(initialCapacity);
    capacity = initialCapacity;
    allocator.count(initialCapacity);
  }

  @Override
  protected void deallocate() {
    Hakmem.free(address);
    allocator.count(-capacity);
    whole = null;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public ByteBuf capacity(int newCapacity) {
    checkNewCapacity(newCapacity);
    if (newCapacity != capacity) {
      address = Hakmem.reallocate(address, newCapacity);
      allocator.count(newCapacity - (long) capacity);
      capacity = newCapacity;
      whole = null;
      trimIndicesToCapacity(newCapacity);
    }
    return this;
  }

  @Override
  public ByteBufAllocator alloc() {
    return allocator;
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in Netty: somebody has to
  public ByteOrder order() {
    return ByteOrder.BIG_ENDIAN;
  }

  @Override
  public @Nullable ByteBuf unwrap() {
    return null;
  }

  @Override
  public boolean isDirect() {
    return true;
  }

  @Override
  public boolean isContiguous() {
    return true;
  }

  @Override
  public boolean hasArray() {
    return false;
  }

  @Override
  public byte[] array() {
    throw new UnsupportedOperationException("direct buffer");
  }

  @Override
  public int arrayOffset() {
    throw new UnsupportedOperationException("direct buffer");
  }

  @Override
  public boolean hasMemoryAddress() {
    return true;
  }

  @Override
  public long memoryAddress() {
    ensureAccessible();
    return address;
  }

  // ---- one value

  @Override
  protected byte _getByte(int index) {
    return RawMemory.getByte(address + index);
  }

  @Override
  protected short _getShort(int index) {
    return RawMemory.getShort(address + index);
  }

  @Override
  protected short _getShortLE(int index) {
    return Short.reverseBytes(_getShort(index));
  }

  @Override
  protected int _getUnsignedMedium(int index) {
    return ((_getShort(index) & 0xffff) << 8) | (_getByte(index + 2) & 0xff);
  }

  @Override
  protected int _getUnsignedMediumLE(int index) {
    return (_getShortLE(index) & 0xffff) | ((_getByte(index + 2) & 0xff) << 16);
  }

  @Override
  protected int _getInt(int index) {
    return RawMemory.getInt(address + index);
  }

  @Override
  protected int _getIntLE(int index) {
    return Integer.reverseBytes(_getInt(index));
  }

  @Override
  protected long _getLong(int index) {
    return RawMemory.getLong(address + index);
  }

  @Override
  protected long _getLongLE(int index) {
    return Long.reverseBytes(_getLong(index));
  }

  @Override
  protected void _setByte(int index, int value) {
    RawMemory.putByte(address + index, (byte) value);
  }

  @Override
  protected void _setShort(int index, int value) {
    RawMemory.putShort(address + index, (short) value);
  }

  @Override
  protected void _setShortLE(int index, int value) {
    _setShort(index, Short.reverseBytes((short) value));
  }

  @Override
  protected void _setMedium(int index, int value) {
    _setShort(index, value >>> 8);
    _setByte(index + 2, value);
  }

  @Override
  protected void _setMediumLE(int index, int value) {
    _setShortLE(index, value);
    _setByte(index + 2, value >>> 16);
  }

  @Override
  protected void _setInt(int index, int value) {
    RawMemory.putInt(address + index, value);
  }

  @Override
  protected void _setIntLE(int index, int value) {
    _setInt(index, Integer.reverseBytes(value));
  }

  @Override
  protected void _setLong(int index, long value) {
    RawMemory.putLong(address + index, value);
  }

  @Override
  protected void _setLongLE(int index, long value) {
    _setLong(index, Long.reverseBytes(value));
  }

  // ---- many bytes

  @Override
  public ByteBuf getBytes(int index, ByteBuf dst, int dstIndex, int length) {
    checkDstIndex(index, length, dstIndex, dst.capacity());
    if (dst.isReadOnly()) { // it may show its address or its array all the same
      throw new ReadOnlyBufferException();
    }
    if (dst.hasMemoryAddress()) {
      RawMemory.copy(address + index, dst.memoryAddress() + dstIndex, length);
    } else if (dst.hasArray()) {
      RawMemory.copy(address + index, dst.array(), dst.arrayOffset() + dstIndex, length);
    } else {
      dst.setBytes(dstIndex, this, index, length);
    }
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, byte[] dst, int dstIndex, int length) {
    checkDstIndex(index, length, dstIndex, dst.length);
    RawMemory.copy(address + index, dst, dstIndex, length);
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, ByteBuffer dst) {
    int length = dst.remaining();
    checkIndex(index, length);
    dst.put(RawMemory.view(address + index, length)); // not whole(): many threads may read at once
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, OutputStream out, int length) throws IOException {
    checkIndex(index, length);
    byte[] piece = new byte[Math.min(length, MOST_AT_ONCE)];
    for (int done = 0; done < length; ) {
      int some = Math.min(length - done, piece.length);
      getBytes(index + done, piece, 0, some);
      out.write(piece, 0, some);
      done += some;
    }
    return this;
  }

  @Override
  public int getBytes(int index, GatheringByteChannel out, int length) throws IOException {
    return length == 0 ? 0 : out.write(nioBuffer(index, length));
  }

  @Override
  public int getBytes(int index, FileChannel out, long position, int length) throws IOException {
    return length == 0 ? 0 : out.write(nioBuffer(index, length), position);
  }

  @Override
  public ByteBuf setBytes(int index, ByteBuf src, int srcIndex, int length) {
    checkSrcIndex(index, length, srcIndex, src.capacity());
    if (src.hasMemoryAddress()) {
      RawMemory.copy(src.memoryAddress() + srcIndex, address + index, length);
    } else if (src.hasArray()) {
      RawMemory.copy(src.array(), src.arrayOffset() + srcIndex, address + index, length);
    } else {
      src.getBytes(srcIndex, this, index, length);
    }
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, byte[] src, int srcIndex, int length) {
    checkSrcIndex(index, length, srcIndex, src.length);
    RawMemory.copy(src, srcIndex, address + index, length);
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, ByteBuffer src) {
    int length = src.remaining();
    checkIndex(index, length);
    RawMemory.view(address + index, length).put(src);
    return this;
  }

  @Override
  public int setBytes(int index, InputStream in, int length) throws IOException {
    checkIndex(index, length);
    byte[] piece = new byte[Math.min(length, MOST_AT_ONCE)];
    int done = 0;
    int some;
    do {
      some = in.read(piece, 0, Math.min(length - done, piece.length));
      if (some > 0) {
        setBytes(index + done, piece, 0, some);
        done += some;
      }
    } while (some == piece.length && done < length); // else the next read might wait
    return done > 0 ? done : some;
  }

  @Override
  public int setBytes(int index, ScatteringByteChannel in, int length) throws IOException {
    ByteBuffer target = nioBuffer(index, length);
    try {
      return in.read(target);
    } catch (ClosedChannelException ignored) {
      return -1; // the end, to Netty
    }
  }

  @Override
  public int setBytes(int index, FileChannel in, long position, int length) throws IOException {
    ByteBuffer target = nioBuffer(index, length);
    try {
      return in.read(target, position);
    } catch (ClosedChannelException ignored) {
      return -1;
    }
  }

  @Override
  public ByteBuf copy(int index, int length) {
    checkIndex(index, length);
    return allocator.directBuffer(length, maxCapacity()).writeBytes(this, index, length);
  }

  // ---- views

  @Override
  public int nioBufferCount() {
    return 1;
  }

  @Override
  public ByteBuffer nioBuffer(int index, int length) {
    checkIndex(index, length);
    return RawMemory.view(address + index, length);
  }

  @Override
  public ByteBuffer internalNioBuffer(int index, int length) {
    checkIndex(index, length);
    return whole().clear().position(index).limit(index + length);
  }

  @Override
  public ByteBuffer[] nioBuffers(int index, int length) {
    return new ByteBuffer[] {nioBuffer(index, length)};
  }

  /** The one that internalNioBuffer hands out: its position and limit are anybody's. */
  private ByteBuffer whole() {
    ByteBuffer buffer = whole;
    if (buffer == null) {
      buffer = RawMemory.view(address, capacity);
      whole = buffer;
    }
    return buffer;
  }
}
