// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.Hakmem;
import io.hakmem.HakmemHandle;
import java.util.Map;
import java.util.OptionalLong;

/** hakmem by the thread's own handle, which saves looking the front cache up. */
public final class HakmemHandleSubject extends Subject {
  private final HakmemHandle handle = Hakmem.handle();

  /** Opens it; hakmem needs nothing beside the blocks. */
  @SuppressWarnings("unused") // every subject is opened with the number of slots
  public HakmemHandleSubject(int slotCount) {}

  @Override
  public long allocate(int slot, long byteSize) {
    return handle.allocate(byteSize);
  }

  @Override
  public void free(int slot, long address) {
    handle.free(address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return handle.allocateZeroed(byteSize);
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return handle.allocateAligned(byteSize, alignment);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    return handle.reallocate(address, newByteSize);
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
