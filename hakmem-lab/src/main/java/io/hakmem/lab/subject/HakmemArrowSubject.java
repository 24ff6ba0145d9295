// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.arrow.HakmemAllocationManager;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Arrow's root allocator over hakmem's memory. */
public final class HakmemArrowSubject extends ArrowSubject {
  private static final BufferAllocator ROOT =
      new RootAllocator(
          RootAllocator.configBuilder()
              .allocationManagerFactory(HakmemAllocationManager.FACTORY)
              .build());

  /** Opens it with room for the buffer of each slot. */
  public HakmemArrowSubject(int slotCount) {
    super(slotCount, ROOT);
  }
}
