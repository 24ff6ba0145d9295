// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import io.hakmem.slab.Owners;
import io.hakmem.slab.SlabPool;
import io.hakmem.stress.Heap;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * One thread leaves a magazine, two others ask for it at the same time.
 *
 * <p>r1 and r2 are what the two got, r3 what is left.
 */
@JCStressTest
@Outcome(
    id = "3, 0, 0",
    expect = Expect.ACCEPTABLE,
    desc = "The first taker came after the giver and got the magazine whole.")
@Outcome(
    id = "0, 3, 0",
    expect = Expect.ACCEPTABLE,
    desc = "The second taker came after the giver and got the magazine whole.")
@Outcome(
    id = "0, 0, 3",
    expect = Expect.ACCEPTABLE,
    desc = "Both takers came before the giver; the magazine waits.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "A block was lost, handed out twice, or seen with a stale address.")
@State
public class DepotExchangeStress {

  private static final int OWNER = 1;
  private static final long[] BLOCKS = {16, 32, 48};

  private final Depot depot;

  /** An empty depot; its slabs are never asked. */
  public DepotExchangeStress() {
    Owners owners = new Owners();
    owners.arrive(OWNER);
    depot =
        new Depot(new SlabPool(1, Heap.allocator().superslabs(), owners), owners, BLOCKS.length, 2);
  }

  @Actor
  public void give() {
    depot.giveFull(OWNER, BLOCKS, 0, BLOCKS.length);
  }

  @Actor
  public void takeFirst(III_Result r) {
    r.r1 = take();
  }

  @Actor
  public void takeSecond(III_Result r) {
    r.r2 = take();
  }

  @Arbiter
  public void left(III_Result r) {
    r.r3 = (int) depot.blockCount();
  }

  /** How many blocks came; negative if one of them is not what was given. */
  private int take() {
    long[] into = new long[BLOCKS.length];
    int count = depot.takeFull(OWNER, into, 0, into.length);
    for (int i = 0; i < count; i++) {
      if (into[i] != BLOCKS[i]) {
        return -1;
      }
    }
    return count;
  }
}
