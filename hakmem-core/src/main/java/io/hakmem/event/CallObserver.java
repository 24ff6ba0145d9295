// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.event;

/**
 * Who is told of every call, while calls take the slow ways. Calls come from any thread, without
 * locks of the allocator held: an implementation must not throw and not use the allocator.
 */
public interface CallObserver {
  /*
   * For each address the order of what is told is that of what happened: a block is told of after it
   * is obtained and before anybody else can have it, and again before it is given back.
   */

  /** What {@link #reallocating} gives for a block that is not known. */
  long UNKNOWN = -1;

  /** What {@link #reallocated} gets for a reallocation that failed. */
  long FAILED = -1;

  /**
   * A block was obtained.
   *
   * @param alignment as requested, a power of two; 1 for the usual one
   */
  void allocated(long address, long byteSize, long alignment, boolean zeroed);

  /** The live block that starts at an address is about to be freed. */
  void freeing(long address);

  /**
   * The live block that starts at an address is about to change its size, and its address perhaps;
   * what {@link #reallocated} is to be told.
   */
  long reallocating(long address);

  /**
   * The same block has an address and a size from now on.
   *
   * @param token of {@link #reallocating}
   * @param byteSize {@link #FAILED} if nothing changed
   */
  void reallocated(long token, long address, long byteSize);

  /** The block that starts at an address was obtained by an arena, which alone can free it. */
  void belongsTo(Object arena, long address);
}
