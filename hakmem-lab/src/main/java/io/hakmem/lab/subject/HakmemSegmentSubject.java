// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.Hakmem;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** hakmem by memory segments: an object for each block, and bounds. */
public final class HakmemSegmentSubject extends Subject {
  private final @Nullable MemorySegment[] segments;

  /** Opens it with room for the segment of each slot. */
  public HakmemSegmentSubject(int slotCount) {
    segments = SlotArrays.open(slotCount, MemorySegment[]::new);
  }

  @Override
  public long allocate(int slot, long byteSize) {
    MemorySegment segment = Hakmem.allocateSegment(byteSize);
    segments[slot] = segment;
    return segment.address();
  }

  @Override
  public void free(int slot, long address) {
    Hakmem.free(kept(slot));
    segments[slot] = null;
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return wrap(slot, Hakmem.allocateZeroed(byteSize), byteSize);
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return wrap(slot, Hakmem.allocateAligned(byteSize, alignment), byteSize);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    return wrap(slot, Hakmem.reallocate(kept(slot).address(), newByteSize), newByteSize);
  }

  /** Of an address: segments are handed out for plain requests only. */
  private long wrap(int slot, long address, long byteSize) {
    segments[slot] = MemorySegment.ofAddress(address).reinterpret(byteSize);
    return address;
  }

  private MemorySegment kept(int slot) {
    return Objects.requireNonNull(segments[slot], "the slot is empty");
  }

  @Override
  public Map<String, Long> osCalls() {
    return Hakmem.stats().osCalls();
  }

  @Override
  public Map<String, Long> counters() {
    return HakmemCounters.now();
  }

  @Override
  public OptionalLong committedBytes() {
    return HakmemMemory.committedBytes();
  }
}
