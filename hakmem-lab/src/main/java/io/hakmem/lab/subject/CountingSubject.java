// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a workload asks for: the dry run. Hands out one fixed block, or the blocks of another
 * subject for a workload that needs real ones.
 */
public final class CountingSubject extends Subject {
  private static final long LARGE_BYTES = 1024;
  private static final long BLOCK =
      Arena.global().allocate(NullSubject.BLOCK_BYTES, 4096).address();

  private final @Nullable Subject memory;
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
    this(slotCount, null);
  }

  /** The same with real blocks. */
  public CountingSubject(int slotCount, @Nullable Subject memory) {
    sizes = new long[slotCount];
    this.memory = memory;
  }

  @Override
  public long allocate(int slot, long byteSize) {
    countNew(slot, byteSize);
    return memory == null ? BLOCK : memory.allocate(slot, byteSize);
  }

  @Override
  public void free(int slot, long address) {
    frees++;
    freeOrder = ordered(freeOrder, slot);
    liveBlocks--;
    liveBytes -= sizes[slot];
    if (memory != null) {
      memory.free(slot, address);
    }
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    countNew(slot, byteSize);
    return memory == null ? BLOCK : memory.allocateZeroed(slot, byteSize);
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    countNew(slot, byteSize);
    return memory == null ? BLOCK : memory.allocateAligned(slot, byteSize, alignment);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    count(slot, newByteSize, newByteSize - sizes[slot]);
    return memory == null ? BLOCK : memory.reallocate(slot, address, oldByteSize, newByteSize);
  }

  private void countNew(int slot, long byteSize) {
    liveBlocks++;
    count(slot, byteSize, byteSize);
  }

  private void count(int slot, long byteSize, long growth) {
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
