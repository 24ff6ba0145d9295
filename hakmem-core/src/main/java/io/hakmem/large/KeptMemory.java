// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.Superslabs;

/** Bounds the memory of freed large blocks that stays for the next request. */
final class KeptMemory {
  /*
   * What is freed within the bound stays until it is purged; what exceeds it goes back to the system
   * at once. The bound starts at nothing and learns: pages that went back at once, and were needed
   * again before a purge would have taken them, raise it by an eighth of their bytes. A purge step
   * lowers it to what was needed since the one before, by half at most. So a table that is freed for
   * good does not stay, and buffers that come and go do after some rounds.
   *
   *   kept        free pages in superslabs of runs that are dirty, and what is dirty in free superslabs,
   *               whoever had them
   *   overshoot   kept exceeds the bound by what is freed at that instant, by what the system refuses to
   *               take, by free superslabs that slabs left, and until the next purge after it fell
   *
   * Which thread may call: any; one lock. Lock order: Runs, then KeptMemory, then Superslabs.
   */

  private static final int LEARNING_SHIFT = 3;

  private final Superslabs superslabs;
  private final long maxBytes;
  private long bound;
  private long needed;
  private long inRuns;

  /** The bound is never above {@code maxBytes}. */
  KeptMemory(Superslabs superslabs, long maxBytes) {
    this.superslabs = superslabs;
    this.maxBytes = maxBytes;
  }

  /** Notes by how much the free dirty pages in superslabs of runs became more. */
  synchronized void addInRuns(long bytes) {
    inRuns += bytes;
  }

  /** Whether what was just freed has to go back. */
  synchronized boolean isExceeded() {
    return keptBytes() > bound;
  }

  /** Bytes that are kept. */
  synchronized long keptBytes() {
    return inRuns + superslabs.freeSuperslabBytes();
  }

  /** A request took bytes that were kept, and others that had gone back at once. */
  synchronized void take(long kept, long returned) {
    needed += kept + returned;
    bound += Math.min(returned >> LEARNING_SHIFT, maxBytes - bound);
  }

  /** A purge step is due. */
  synchronized void step() {
    bound = Math.min(bound, Math.max(needed, bound / 2));
    needed = 0;
  }

  /** Checks what runs noted; throws {@link IllegalStateException}. */
  synchronized void verify(long dirtyFreeInRuns) {
    Bits.require(
        inRuns == dirtyFreeInRuns, "noted " + inRuns + " kept in runs, found " + dirtyFreeInRuns);
    Bits.require(bound <= maxBytes, bound + " bytes may be kept, at most " + maxBytes);
  }
}
