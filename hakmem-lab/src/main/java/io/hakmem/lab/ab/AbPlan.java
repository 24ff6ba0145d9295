// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.compare.Paired;

/**
 * How much is run.
 *
 * @param blocks in each of which every arm runs twice
 * @param millis that untimed passes of a run take at least, and timed ones again
 * @param seed of the order of the runs
 * @param inProcess whether all arms take turns in one JVM
 */
public record AbPlan(int blocks, int millis, long seed, boolean inProcess) {
  /** Enough to show differences in, also of several arms. */
  public static final int BLOCKS = 12;

  /** Each run in a JVM of its own. */
  public AbPlan(int blocks, int millis, long seed) {
    this(blocks, millis, seed, false);
  }

  /** Whether so many blocks can show a difference at all. */
  public boolean canShow(int arms) {
    return blocks >= Paired.leastBlocks(Math.max(arms, 1));
  }
}
