// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.event;

/**
 * Who is told. Calls come from any thread, some with locks of the allocator held: an implementation
 * must not throw, not wait, and not use the allocator.
 */
public interface Observer {

  /** A free superslab is used from now on, as a whole or cut into slices. */
  void superslabTaken(long address, boolean whole);

  /** A superslab is free again; what it holds in physical memory goes back at a purge. */
  void superslabReturned(long address);

  /** A purge gave {@code bytes} back to the system and took {@code nanos}. */
  void purged(boolean onDemand, long bytes, long nanos);

  /**
   * A request found no memory and everything idle was purged for it; {@code served} if that helped.
   *
   * @param limitBytes the hard limit, {@link Long#MAX_VALUE} for none
   */
  void limitReached(long byteSize, long chargedBytes, long limitBytes, boolean served);

  /** A block above the size classes was handed out, or one that moved got this place. */
  void largeAllocated(long address, long byteSize);

  /** A block above the size classes was freed, or one that moved left this place. */
  void largeFreed(long address, long byteSize);

  /** An allocation was drawn as a sample for {@code weight} bytes. */
  void allocationSampled(long address, long byteSize, long weight);
}
