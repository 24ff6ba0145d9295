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
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread leaves a magazine while another asks for it.
 *
 * <p>r1 is what the taker got, r2 what is left.
 */
@JCStressTest
@Outcome(
    id = "3, 0",
    expect = Expect.ACCEPTABLE,
    desc = "The taker came after the giver and got the magazine whole.")
@Outcome(
    id = "0, 3",
    expect = Expect.ACCEPTABLE,
    desc = "The taker came before the giver; the magazine waits.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "A block was lost, handed out twice, or seen with a stale address.")
@State
public class DepotExchangeStress {

  static final int OWNER = 1;
  static final long[] BLOCKS = {16, 32, 48};

  private final Depot depot;

  /** An empty depot. */
  public DepotExchangeStress() {
    depot = emptyDepot();
  }

  /** An empty depot above slabs that are never asked. */
  static Depot emptyDepot() {
    Owners owners = new Owners();
    owners.arrive(OWNER);
    return new Depot(
        new SlabPool(1, Heap.allocator().superslabs(), owners), owners, BLOCKS.length, 2);
  }

  @Actor
  public void give() {
    depot.giveFull(OWNER, BLOCKS, 0, BLOCKS.length);
  }

  @Actor
  public void take(II_Result r) {
    r.r1 = take(depot);
  }

  @Arbiter
  public void left(II_Result r) {
    r.r2 = (int) depot.blockCount();
  }

  /** How many blocks came; negative if one of them is not what was given. */
  static int take(Depot depot) {
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
