// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.slab.SizeClasses;

/** How far each stack of one cache went down since the last drain, at most. Owner thread only. */
final class DrainMarks {
  /*
   * The fast path keeps no low-water mark. But with n blocks at the last drain and p pops since, the
   * stack was never below n - p: that many blocks at its bottom were certainly not needed.
   */

  private final int[] counts = new int[SizeClasses.MAX_CLASS + 1];
  private final long[] pops = new long[SizeClasses.MAX_CLASS + 1];

  /** Blocks at the bottom of a stack that were not needed since the last {@link #note}. */
  int surplus(int sizeClass, long word) {
    long popped = Stacks.pops(word) - pops[sizeClass];
    long untouched = Math.min(counts[sizeClass] - popped, Stacks.count(word));
    return popped < 0 ? 0 : (int) Math.max(untouched, 0);
  }

  void note(int sizeClass, long word) {
    counts[sizeClass] = Stacks.count(word);
    pops[sizeClass] = Stacks.pops(word);
  }
}
