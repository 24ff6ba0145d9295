// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.Hakmem;
import java.util.Map;
import java.util.OptionalLong;

/** hakmem by its static methods, which find the thread's front cache themselves. */
public final class HakmemSubject extends Subject {
  /** Opens it; hakmem needs nothing beside the blocks. */
  @SuppressWarnings("unused") // every subject is opened with the number of slots
  public HakmemSubject(int slotCount) {}

  @Override
  public long allocate(int slot, long byteSize) {
    return Hakmem.allocate(byteSize);
  }

  @Override
  public void free(int slot, long address) {
    Hakmem.free(address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return Hakmem.allocateZeroed(byteSize);
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return Hakmem.allocateAligned(byteSize, alignment);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    return Hakmem.reallocate(address, newByteSize);
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
