// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads ask for the only magazine; the purger and an owner do that.
 *
 * <p>r1 and r2 are what they got.
 */
@JCStressTest
@Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "The first came first.")
@Outcome(id = "0, 3", expect = Expect.ACCEPTABLE, desc = "The second came first.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "A block was lost, handed out twice, or seen with a stale address.")
@State
public class DepotCompetitionStress {

  private final Depot depot = DepotExchangeStress.emptyDepot();

  /** A depot with one magazine. */
  public DepotCompetitionStress() {
    depot.giveFull(
        DepotExchangeStress.OWNER,
        DepotExchangeStress.BLOCKS,
        0,
        DepotExchangeStress.BLOCKS.length);
  }

  @Actor
  public void takeFirst(II_Result r) {
    r.r1 = DepotExchangeStress.take(depot);
  }

  @Actor
  public void takeSecond(II_Result r) {
    r.r2 = DepotExchangeStress.take(depot);
  }
}
