// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.ignite;

import io.hakmem.Hakmem;
import java.io.Serializable;
import org.apache.ignite.mem.MemoryAllocator;

/**
 * Data regions of Ignite's in memory of {@link Hakmem}. Pass one to {@code
 * DataRegionConfiguration.setMemoryAllocator}.
 *
 * <p>Nodes send each other their configurations, so that all of a cluster need this class on their
 * class path; each takes its memory from its own process. Contents are not zeroed: Ignite does that
 * page by page. All methods may be called by any thread.
 */
public final class HakmemMemoryAllocator implements MemoryAllocator, Serializable {

  private static final long serialVersionUID = 1;

  /** All are the same; as a bean it needs no properties. */
  public HakmemMemoryAllocator() {}

  /**
   * Allocates a segment of a data region.
   *
   * @param size in bytes, from 0
   * @return its address, or 0 if memory is out, as Ignite has it
   * @throws IllegalArgumentException if {@code size} is negative
   */
  @Override
  public long allocateMemory(long size) {
    return Hakmem.tryAllocate(size);
  }

  /**
   * Frees a segment; address 0 is ignored.
   *
   * @throws io.hakmem.InvalidFreeException if no live block starts at {@code address}
   */
  @Override
  public void freeMemory(long address) {
    Hakmem.free(address);
  }
}
