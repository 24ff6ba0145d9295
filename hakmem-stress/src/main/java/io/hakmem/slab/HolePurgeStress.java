// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import io.hakmem.stress.Heap;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Blocks come home to a slab while a purge takes the pages of its free blocks out.
 *
 * <p>r1 is how many pages the purge gave back, r2 is 1 if the slab is amiss afterwards.
 */
@JCStressTest
@Outcome(
    id = "[1-7], 0",
    expect = Expect.ACCEPTABLE,
    desc = "The purge took the pages that were free when it held the lock; later blocks stay.")
@Outcome(
    id = "8, 0",
    expect = Expect.ACCEPTABLE,
    desc = "All blocks were home before the purge came to the slab, which is given up.")
@Outcome(
    id = "0, 0",
    expect = Expect.ACCEPTABLE,
    desc = "The slab was empty when the purge came: it retired, and its slices keep their pages.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "A block was lost, came home twice, or lay on a page that was given away.")
@State
public class HolePurgeStress {

  private static final int OWNER = 1;
  private static final int PAGE_SHIFT = 12;
  private static final int BLOCKS = 8;

  /** One block a page. */
  private static final int CLASS = SizeClasses.classOf(1 << PAGE_SHIFT);

  private final SlabPool pool;
  private final long[] blocks = new long[BLOCKS];

  /** A slab of which every second block is home. */
  public HolePurgeStress() {
    Owners owners = new Owners();
    owners.arrive(OWNER);
    pool = new SlabPool(CLASS, Heap.allocator().superslabs(), owners);
    for (int got = 0; got < BLOCKS; ) {
      got += pool.fill(OWNER, blocks, got, BLOCKS - got);
    }
    for (int i = 0; i < BLOCKS; i += 2) {
      pool.giveBack(blocks[i]);
    }
  }

  @Actor
  public void purge(II_Result r) {
    r.r1 = (int) (pool.purge(true) >>> PAGE_SHIFT);
  }

  @Actor
  public void free() {
    for (int i = 1; i < BLOCKS; i += 2) {
      pool.giveBack(blocks[i]);
    }
  }

  @Arbiter
  public void check(II_Result r) {
    try {
      pool.verify();
      long[] again = new long[BLOCKS];
      int got = 0;
      while (got < BLOCKS) {
        got += pool.fill(OWNER, again, got, BLOCKS - got);
      }
      pool.verify();
      pool.giveBack(again, 0, BLOCKS);
      long ignored = pool.purge(true);
      SlabPoolState state = pool.state();
      r.r2 = state.slabs() == 0 && state.duplicates() == 0 ? 0 : 1;
    } catch (IllegalStateException amiss) {
      r.r2 = 1;
    }
  }
}
