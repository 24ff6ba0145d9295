// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.guard;

import org.jspecify.annotations.Nullable;

/**
 * A sampled block and what became of it.
 *
 * @param address its start
 * @param byteSize what was requested
 * @param allocated where and by whom
 * @param freed where and by whom; null while it is live
 */
public record GuardedBlock(
    long address, long byteSize, Throwable allocated, @Nullable Throwable freed) {

  /** Whether an address lies in it. */
  boolean contains(long other) {
    return Long.compareUnsigned(other - address, byteSize) < 0;
  }
}
