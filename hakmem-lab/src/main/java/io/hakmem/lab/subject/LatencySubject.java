// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import org.HdrHistogram.Histogram;

/** Another subject with each call timed. */
public final class LatencySubject extends Subject {
  private final Subject subject;
  private final Histogram allocations;
  private final Histogram frees;

  /** Records nanoseconds; no other thread may use the histograms meanwhile. */
  public LatencySubject(Subject subject, Histogram allocations, Histogram frees) {
    this.subject = subject;
    this.allocations = allocations;
    this.frees = frees;
  }

  @Override
  public long allocate(int slot, long byteSize) {
    long start = System.nanoTime();
    long address = subject.allocate(slot, byteSize);
    allocations.recordValue(System.nanoTime() - start);
    return address;
  }

  @Override
  public void free(int slot, long address) {
    long start = System.nanoTime();
    subject.free(slot, address);
    frees.recordValue(System.nanoTime() - start);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    long start = System.nanoTime();
    long address = subject.allocateZeroed(slot, byteSize);
    allocations.recordValue(System.nanoTime() - start);
    return address;
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    long start = System.nanoTime();
    long address = subject.allocateAligned(slot, byteSize, alignment);
    allocations.recordValue(System.nanoTime() - start);
    return address;
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    long start = System.nanoTime();
    long moved = subject.reallocate(slot, address, oldByteSize, newByteSize);
    allocations.recordValue(System.nanoTime() - start);
    return moved;
  }
}
