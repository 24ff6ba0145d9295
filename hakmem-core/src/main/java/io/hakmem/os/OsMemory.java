// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

/**
 * What the allocator needs of an operating system: address space, and physical memory behind it.
 *
 * <p>Addresses and sizes are multiples of {@link #pageBytes()}. All methods may be called from any
 * thread at the same time.
 */
public interface OsMemory {

  /** Size of one page in bytes, a power of two. */
  int pageBytes();

  /**
   * Reserves address space that cannot be accessed, at {@code wanted} if that is not 0 and free,
   * else anywhere; its address, or 0 if the system refuses.
   */
  long reserve(long wanted, long byteSize);

  /** Makes reserved memory readable; it reads as zero and takes no physical memory. */
  boolean allowRead(long address, long byteSize);

  /** Makes reserved memory readable and writable; pages come, zeroed, when they are touched. */
  boolean commit(long address, long byteSize);

  /**
   * Gives physical memory back and keeps the address range committed: it reads as zero afterwards.
   */
  boolean decommit(long address, long byteSize);

  /** Returns address space that {@link #reserve} gave. */
  boolean release(long address, long byteSize);

  /** How often each kind of call was made since the start. */
  OsCallCounts callCounts();
}
