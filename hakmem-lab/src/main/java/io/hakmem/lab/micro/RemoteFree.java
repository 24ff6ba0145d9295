// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import io.hakmem.Hakmem;
import java.util.concurrent.atomic.AtomicLongArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Control;

/** One thread allocates, another frees: block by block through a ring, whose cost is included. */
@State(Scope.Group)
public class RemoteFree {
  private static final int SIZE = 64;
  private static final int RING = 1 << 12;

  private final AtomicLongArray ring = new AtomicLongArray(RING); // 0: empty
  private int next; // of the allocating thread
  private int oldest; // of the freeing thread

  /** Waits for room in the ring. */
  @Benchmark
  @Group("remoteFree")
  @GroupThreads(1)
  public void allocate(Control control) {
    while (ring.getAcquire(next) != 0) {
      if (control.stopMeasurement) {
        return;
      }
      Thread.onSpinWait();
    }
    ring.setRelease(next, Hakmem.allocate(SIZE));
    next = (next + 1) % RING;
  }

  /** Waits for a block in the ring. */
  @Benchmark
  @Group("remoteFree")
  @GroupThreads(1)
  public void free(Control control) {
    long block;
    while ((block = ring.getAcquire(oldest)) == 0) {
      if (control.stopMeasurement) {
        return;
      }
      Thread.onSpinWait();
    }
    Hakmem.free(block);
    ring.setRelease(oldest, 0);
    oldest = (oldest + 1) % RING;
  }

  /** Frees what is left in the ring. */
  @TearDown(Level.Iteration)
  public void drain() {
    for (int i = 0; i < RING; i++) {
      Hakmem.free(ring.getAndSet(i, 0));
    }
    next = 0;
    oldest = 0;
  }
}
