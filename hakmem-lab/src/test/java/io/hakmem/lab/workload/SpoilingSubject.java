// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.MallocSubject;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;

/** Its allocations write into a block that is still in use. */
final class SpoilingSubject extends Subject {
  private final Subject memory = new MallocSubject(0);
  private long last;

  @Override
  public long allocate(int slot, long byteSize) {
    if (last != 0) {
      RawMemory.putLong(last, RawMemory.getLong(last) + 1);
    }
    last = memory.allocate(slot, byteSize);
    return last;
  }

  @Override
  public void free(int slot, long address) {
    last = address == last ? 0 : last;
    memory.free(slot, address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    throw new UnsupportedOperationException();
  }
}
