// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.util.OptionalLong;

/**
 * Another subject with every block touched over its whole length, sampled when the most is live:
 * the memory run. Its time means nothing.
 */
public final class TouchingSubject extends Subject {
  private static final byte FILL = 0x5A;

  private final Subject subject;
  private final long sampleAt;
  private long allocations;
  private OptionalLong committedAtSample = OptionalLong.empty();

  /** Samples after that many allocations; 0 for never. */
  public TouchingSubject(Subject subject, long sampleAt) {
    this.subject = subject;
    this.sampleAt = sampleAt;
  }

  @Override
  public long allocate(int slot, long byteSize) {
    return touched(subject.allocate(slot, byteSize), byteSize);
  }

  @Override
  public void free(int slot, long address) {
    subject.free(slot, address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return touched(subject.allocateZeroed(slot, byteSize), byteSize);
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return touched(subject.allocateAligned(slot, byteSize, alignment), byteSize);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    // What is kept was touched before, at its old place if it moved.
    long kept = Math.min(oldByteSize, newByteSize);
    return touched(subject.reallocate(slot, address, oldByteSize, newByteSize), kept, newByteSize);
  }

  /** Is not touched: it is gone before there is an occasion. */
  @Override
  public void group(long[] blocks, long byteSize) {
    subject.group(blocks, byteSize);
  }

  private long touched(long address, long byteSize) {
    return touched(address, 0, byteSize);
  }

  private long touched(long address, long from, long byteSize) {
    if (address == 0) {
      throw new OutOfMemoryError("the subject has no memory for " + byteSize + " bytes");
    }
    RawMemory.fill(address + from, byteSize - from, FILL);
    if (++allocations == sampleAt) {
      committedAtSample = subject.committedBytes();
    }
    return address;
  }

  /** What the subject held at the sample, where it can tell. */
  @Override
  public OptionalLong committedBytes() {
    return committedAtSample;
  }
}
