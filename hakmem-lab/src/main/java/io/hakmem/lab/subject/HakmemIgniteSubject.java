// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.ignite.HakmemMemoryAllocator;

/** hakmem as Ignite's allocator of data regions. */
public final class HakmemIgniteSubject extends IgniteSubject {
  /** Opens it with room for the beginning of each slot's block. */
  public HakmemIgniteSubject(int slotCount) {
    super(slotCount, new HakmemMemoryAllocator());
  }
}
