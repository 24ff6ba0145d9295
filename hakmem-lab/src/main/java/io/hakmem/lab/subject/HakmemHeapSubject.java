// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.HakmemHeap;

/** One of hakmem's heaps for all blocks and threads; or one for a group of blocks. */
public final class HakmemHeapSubject extends Subject {
  private static final HakmemHeap HEAP = HakmemHeap.create();

  /** Opens it; a heap needs nothing beside the blocks. */
  @SuppressWarnings("unused") // every subject is opened with the number of slots
  public HakmemHeapSubject(int slotCount) {}

  @Override
  public long allocate(int slot, long byteSize) {
    return HEAP.allocate(byteSize);
  }

  @Override
  public void free(int slot, long address) {
    HEAP.free(address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return HEAP.allocateZeroed(byteSize);
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return HEAP.allocateAligned(byteSize, alignment);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    return HEAP.reallocate(address, newByteSize);
  }

  @Override
  public void group(long[] blocks, long byteSize) {
    try (HakmemHeap heap = HakmemHeap.create()) {
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = heap.allocate(byteSize);
      }
    }
  }
}
