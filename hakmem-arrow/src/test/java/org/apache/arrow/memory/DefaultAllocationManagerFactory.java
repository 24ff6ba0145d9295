// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package org.apache.arrow.memory;

import io.hakmem.arrow.HakmemAllocationManager;
import io.hakmem.arrow.UpstreamAllocations;

/**
 * What Arrow takes when nobody configures anything: stands before the one of Arrow's tests on the
 * class path, so that these run on hakmem's memory.
 */
public final class DefaultAllocationManagerFactory implements AllocationManager.Factory {
  /** Where Arrow looks for it. */
  public static final AllocationManager.Factory FACTORY = new DefaultAllocationManagerFactory();

  private DefaultAllocationManagerFactory() {}

  @Override
  public AllocationManager create(BufferAllocator allocator, long byteSize) {

    UpstreamAllocations.count();
    return HakmemAllocationManager.FACTORY.create(allocator, byteSize);
  }

  @Override
  public ArrowBuf empty() {
    return HakmemAllocationManager.FACTORY.empty();
  }
}
