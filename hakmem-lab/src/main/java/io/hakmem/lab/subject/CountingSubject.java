// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.Arena;

/** Hands out one fixed block and counts what a workload asks for: the dry run. */
public final class CountingSubject extends Subject {
  private static final long LARGE_BYTES = 1024;
  private static final long BLOCK =
      Arena.global().allocate(NullSubject.BLOCK_BYTES, 4096).address();

  private final long[] sizes; // by slot
  private long allocations;
  private long frees;
  private long requestedBytes;
  private long largeRequests;
  private long liveBlocks;
  private long liveBytes;
  private long peakLiveBlocks;
  private long peakLiveBytes;
  private long peakAllocation;
  private long allocationOrder;
  private long freeOrder;

  /** Opens it with room for the size of each slot's block. */
  public CountingSubject(int slotCount) {
    sizes = new long[slotCount];
  }

  @Override
  public long allocate(int slot, long byteSize) {
    liveBlocks++;
    return count(slot, byteSize, byteSize);
  }

  @Override
  public void free(int slot, long address) {
    frees++;
    freeOrder = ordered(freeOrder, slot);
    liveBlocks--;
    liveBytes -= sizes[slot];
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return allocate(slot, byteSize);
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return allocate(slot, byteSize);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    return count(slot, newByteSize, newByteSize - sizes[slot]);
  }

  private long count(int slot, long byteSize, long growth) {
    sizes[slot] = byteSize;
    allocations++;
    requestedBytes += byteSize;
    allocationOrder = ordered(ordered(allocationOrder, slot), byteSize);
    largeRequests += byteSize >= LARGE_BYTES ? 1 : 0;
    liveBytes += growth;
    peakLiveBlocks = Math.max(peakLiveBlocks, liveBlocks);
    if (liveBytes > peakLiveBytes) {
      peakLiveBytes = liveBytes;
      peakAllocation = allocations;
    }
    return BLOCK;
  }

  private static long ordered(long sum, long value) {
    return 31 * sum + value;
  }

  /** Every request for a block, reallocations included. */
  public long allocations() {
    return allocations;
  }

  public long frees() {
    return frees;
  }

  public long requestedBytes() {
    return requestedBytes;
  }

  /** Requests of at least 1024 bytes. */
  public long largeRequests() {
    return largeRequests;
  }

  public long peakLiveBlocks() {
    return peakLiveBlocks;
  }

  /** A checksum of slot and size of every allocation, in their order. */
  public long allocationOrder() {
    return allocationOrder;
  }

  /** A checksum of the slot of every free, in their order. */
  public long freeOrder() {
    return freeOrder;
  }

  public Peak peak() {
    return new Peak(peakAllocation, peakLiveBytes);
  }
}
