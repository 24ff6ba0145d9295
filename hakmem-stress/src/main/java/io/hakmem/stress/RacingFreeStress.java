// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.stress;

import io.hakmem.Hakmem;
import io.hakmem.InvalidFreeException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two threads free one block at the same instant, an error of the program's. Afterwards, one after
 * the other, everybody allocates: nobody may be given a block that is somebody's.
 *
 * <p>r1 and r2 are 1 if the free succeeded, 0 if it was refused as not allocated; r3 counts blocks
 * that were handed out twice.
 */
@JCStressTest
@Outcome(
    id = {"1, 0, 0", "0, 1, 0"},
    expect = Expect.ACCEPTABLE,
    desc = "The one saw what the other had done, and was refused.")
@Outcome(
    id = "1, 1, 0",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc =
        "Both saw the block live, for no atomic decides it in standard mode. It is in two caches,"
            + " and whoever comes upon it second drops it.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "Nobody freed it, it was refused for a wrong reason, or two were given one block.")
@State
public class RacingFreeStress {

  private static final long BYTES = 112;
  private static final int BLOCKS = 70; // more than a refill: what waits in the depot comes up

  private final long block = Hakmem.allocate(BYTES);

  @Actor
  public void freeFirst(III_Result r) {
    r.r1 = free(block);
  }

  @Actor
  public void freeSecond(III_Result r) {
    r.r2 = free(block);
  }

  private static int free(long address) {
    try {
      Hakmem.free(address);
      return 1;
    } catch (InvalidFreeException refused) {
      return refused.kind() == InvalidFreeException.Kind.NOT_ALLOCATED ? 0 : -1;
    }
  }

  @Arbiter
  public void allocate(III_Result r) {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      blocks.add(Hakmem.allocate(BYTES));
    }
    r.r3 = BLOCKS - (int) blocks.stream().distinct().count();
    blocks.stream().distinct().forEach(Hakmem::free);
  }
}
