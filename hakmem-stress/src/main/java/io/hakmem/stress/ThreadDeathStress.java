// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.stress;

import io.hakmem.Hakmem;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread allocates, frees half and dies, while its cache is collected and its other blocks are
 * freed by a stranger as soon as he sees them.
 *
 * <p>r1 counts the stranger's frees that were refused, r2 is 1 if memory is amiss afterwards.
 */
@JCStressTest
@Outcome(
    id = "0, 0",
    expect = Expect.ACCEPTABLE,
    desc =
        "Whoever came first: every block was freed once and the dead thread's cache was kept"
            + " whole.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc =
        "The cache was taken while its owner used it, or a block of it was lost or handed out"
            + " twice.")
@State
public class ThreadDeathStress {

  private static final int BLOCKS = 8;
  private static final long BYTES = 80;

  private volatile long[] left = {};
  private volatile boolean finished;

  @Actor
  public void liveAndDie() {
    Thread thread = new Thread(this::work);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts an actor", e);
    }
  }

  private void work() {
    long[] addresses = new long[2 * BLOCKS];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = Hakmem.allocate(BYTES);
    }
    long[] kept = new long[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      Hakmem.free(addresses[2 * i]);
      kept[i] = addresses[2 * i + 1];
    }
    left = kept;
    finished = true;
  }

  @Actor
  public void collectAndFree(II_Result r) {
    do {
      Heap.allocator().caches().retireIdle();
    } while (!finished);
    Heap.allocator().caches().retireIdle();
    for (long address : left) {
      try {
        Hakmem.free(address);
      } catch (RuntimeException e) {
        r.r1++;
      }
    }
  }

  @Arbiter
  public void check(II_Result r) {
    for (long address : left) {
      r.r2 |= Hakmem.owns(address) ? 1 : 0;
    }
  }
}
