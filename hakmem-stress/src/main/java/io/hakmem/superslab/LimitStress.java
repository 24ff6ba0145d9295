// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/**
 * Two threads charge what only one of them can have below the limit.
 *
 * <p>r1 and r2 are whether they got it, r3 is what is charged in the end.
 */
@JCStressTest
@Outcome(id = "true, false, 60", expect = Expect.ACCEPTABLE, desc = "The first came first.")
@Outcome(id = "false, true, 60", expect = Expect.ACCEPTABLE, desc = "The second came first.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "Both got it and the limit is broken, or neither did, or a charge was lost.")
@State
public class LimitStress {

  private final Account account = new Account(100);

  @Actor
  public void chargeFirst(ZZJ_Result r) {
    r.r1 = account.tryCharge(60);
  }

  @Actor
  public void chargeSecond(ZZJ_Result r) {
    r.r2 = account.tryCharge(60);
  }

  @Arbiter
  public void left(ZZJ_Result r) {
    r.r3 = account.chargedBytes();
  }
}
