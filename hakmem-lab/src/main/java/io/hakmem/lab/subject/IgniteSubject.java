// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import org.apache.ignite.internal.mem.unsafe.UnsafeMemoryAllocator;
import org.apache.ignite.mem.MemoryAllocator;

/**
 * The allocator that Ignite gives to data regions without one of their own. Ignite asks it for
 * large segments only; it takes any size.
 */
public class IgniteSubject extends AddressSubject {
  private final MemoryAllocator allocator;

  /** Opens it with room for the beginning of each slot's block. */
  public IgniteSubject(int slotCount) {
    this(slotCount, new UnsafeMemoryAllocator());
  }

  /** The same with another allocator of Ignite's regions. */
  IgniteSubject(int slotCount, MemoryAllocator allocator) {
    super(slotCount);
    this.allocator = allocator;
  }

  @Override
  public long allocate(int slot, long byteSize) {
    return allocator.allocateMemory(byteSize);
  }

  @Override
  void free(long address) {
    allocator.freeMemory(address);
  }
}
