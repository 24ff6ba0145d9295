// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.stress;

import io.hakmem.Hakmem;
import io.hakmem.HakmemHeap;
import io.hakmem.InvalidFreeException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Blocks of a heap, a small and a large one, are freed while the heap is closed: an error of the
 * program's that must not spread.
 *
 * <p>r1 and r2 are 1 if the small and the large one were freed, 0 if they were refused as not
 * allocated, 2 as foreign; r3 is 1 if one of them is still there.
 */
@JCStressTest
@Outcome(
    id = "1, 1, 0",
    expect = Expect.ACCEPTABLE,
    desc = "Both were freed before the end came to them.")
@Outcome(
    id = {"1, 0, 0", "0, 1, 0"},
    expect = Expect.ACCEPTABLE,
    desc = "The end came between the two: it lets go of small blocks first, of large ones last.")
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "The end came first.")
@Outcome(
    id = {"2, [012], 0", "[01], 2, 0"},
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc =
        "The heap had let go of the block but not freed it yet: still sealed, it is foreign to"
            + " everybody. The reason is exact for who frees before or after the end.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "A block outlived its heap, was freed twice, or was refused for a wrong reason.")
@State
public class HeapCloseStress {

  private static final long SMALL_BYTES = 100;
  private static final long LARGE_BYTES = 100_000;

  private final HakmemHeap heap = HakmemHeap.create();
  private final long small = heap.allocate(SMALL_BYTES);
  private final long large = heap.allocate(LARGE_BYTES);

  @Actor
  public void close() {
    heap.close();
  }

  @Actor
  public void free(III_Result r) {
    r.r1 = free(small);
    r.r2 = free(large);
  }

  private int free(long address) {
    try {
      heap.free(address);
      return 1;
    } catch (InvalidFreeException refused) {
      return switch (refused.kind()) {
        case NOT_ALLOCATED -> 0;
        case FOREIGN -> 2;
        default -> -1;
      };
    }
  }

  @Arbiter
  public void check(III_Result r) {
    r.r3 = heap.owns(small) || heap.owns(large) || Hakmem.owns(small) ? 1 : 0;
  }
}
