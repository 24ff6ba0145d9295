// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJJ_Result;

/**
 * A thread charges at the limit while a purge takes charges back, two at a time.
 *
 * <p>r1 is whether the charge was made, r2 what is charged in the end, r3 the most that ever was.
 */
@JCStressTest
@Outcome(
    id = "false, 0, 100",
    expect = Expect.ACCEPTABLE,
    desc = "The charge came before anything was taken back, and was refused.")
@Outcome(
    id = "true, 30, 100",
    expect = Expect.ACCEPTABLE,
    desc = "The charge came between the two or behind both; it never passed the limit.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "The limit was passed, or a charge or its taking back was lost.")
@State
public class UnchargeStress {

  private final Account account = new Account(100);

  /** An account that is charged up to its limit. */
  public UnchargeStress() {
    boolean ignored = account.tryCharge(100);
  }

  @Actor
  public void charge(ZJJ_Result r) {
    r.r1 = account.tryCharge(30);
  }

  @Actor
  public void uncharge() {
    account.uncharge(50);
    account.uncharge(50);
  }

  @Arbiter
  public void left(ZJJ_Result r) {
    r.r2 = account.chargedBytes();
    r.r3 = account.peakBytes();
  }
}
