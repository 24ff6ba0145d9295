// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.stress;

import io.hakmem.Hakmem;
import io.hakmem.InvalidFreeException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread allocates blocks that need a fresh slab each and publishes their addresses; another
 * frees what it sees.
 *
 * <p>r1 counts blocks that were freed, r2 those that were refused.
 */
@JCStressTest
@Outcome(
    id = "[01], 0",
    expect = Expect.ACCEPTABLE,
    desc = "An address that was seen could be freed: the page map entry came with it.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "An address was seen before its page map entry or its live byte.")
@State
public class PageMapPublicationStress {

  /** Four blocks of this size fill a slab. */
  private static final long BYTES = 32 << 10;

  private volatile long published;
  private boolean freed;

  @Actor
  public void allocate() {
    published = Hakmem.allocate(BYTES);
  }

  @Actor
  public void free(II_Result r) {
    long address = published;
    if (address != 0) {
      freed = true;
      try {
        Hakmem.free(address);
        r.r1 = 1;
      } catch (InvalidFreeException e) {
        r.r2 = 1;
      }
    }
  }

  @Arbiter
  public void release() {
    if (!freed) {
      Hakmem.free(published);
    }
  }
}
