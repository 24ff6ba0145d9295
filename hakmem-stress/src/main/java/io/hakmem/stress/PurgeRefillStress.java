// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.stress;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hakmem.Hakmem;
import io.hakmem.InvalidFreeException;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread allocates more than its cache holds, so that slabs refill it, while another purges all
 * that is free: pages go out beside those that come in.
 *
 * <p>r1 counts marks that were lost, r2 blocks that were refused when they were freed.
 */
@JCStressTest
@Outcome(
    id = "0, 0",
    expect = Expect.ACCEPTABLE,
    desc = "Whoever had the lock first: no page of a block that is handed out was given away.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "A page was given away after its block left, or a block was in two hands.")
@State
public class PurgeRefillStress {

  private static final int BLOCKS = 40;
  private static final long BYTES = 4000;

  @Actor
  public void purge() {
    Hakmem.purge();
  }

  @Actor
  public void refill(II_Result r) {
    long[] blocks = new long[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      blocks[i] = Hakmem.allocate(BYTES);
      view(blocks[i]).set(JAVA_LONG, 0, blocks[i]);
      view(blocks[i]).set(JAVA_LONG, BYTES - Long.BYTES, blocks[i]);
    }
    for (long block : blocks) {
      r.r1 += view(block).get(JAVA_LONG, 0) == block ? 0 : 1;
      r.r1 += view(block).get(JAVA_LONG, BYTES - Long.BYTES) == block ? 0 : 1;
      try {
        Hakmem.free(block);
      } catch (InvalidFreeException refused) {
        r.r2++;
      }
    }
  }

  private static MemorySegment view(long address) {
    return MemorySegment.ofAddress(address).reinterpret(BYTES);
  }
}
