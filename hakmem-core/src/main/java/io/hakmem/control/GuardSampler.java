// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.control;

import io.hakmem.front.FrontCache;
import io.hakmem.front.FrontCaches;
import io.hakmem.front.Watch;
import io.hakmem.guard.GuardedSlots;
import io.hakmem.memory.Memory;
import java.lang.ref.WeakReference;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Chooses the allocations that get a guarded slot. Any thread. */
final class GuardSampler {
  /*
   * The fast path has no counter to spare, but the stacks of the caches count their pops. So a thread
   * looks at all of them each few milliseconds; of a cache from which more was taken than the distance
   * drawn for it, the owner no longer finds it in the table, and its next allocation comes by here. It
   * is a sample, and the owner finds its cache again.
   *
   * Threads without a cache come by here anyway and draw, as do all while caches are hidden. For short
   * distances, at which one sample a tick would be too few, they are hidden for good.
   */

  /** Below this distance, calls take the slow ways and draw. */
  static final int LEAST_TICKED = 10_000;

  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final GuardedSlots slots;
  private final int sampleEvery;

  GuardSampler(GuardedSlots slots, int sampleEvery) {
    this.slots = slots;
    this.sampleEvery = sampleEvery;
  }

  /** Begins to look at the caches. */
  void start(FrontCaches caches) {
    if (sampleEvery < LEAST_TICKED) {
      Watch.begin(); // for good
      return;
    }
    WeakReference<FrontCaches> reference = new WeakReference<>(caches);
    int every = sampleEvery;
    Thread thread = new Thread(null, () -> run(reference, every), "hakmem-guards", 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    thread.start();
  }

  private static void run(WeakReference<FrontCaches> reference, int every) {
    while (true) {
      LockSupport.parkNanos(TICK_NANOS);
      FrontCaches caches = reference.get();
      if (caches == null) {
        return;
      }
      caches.trapDue(every);
    }
  }

  GuardedSlots slots() {
    return slots;
  }

  /** A guarded block, if this allocation is a sample; else {@link Memory#NULL}. */
  long sample(long byteSize, long alignment) {
    if (byteSize < 0 || !slots.fits(byteSize, alignment)) {
      return Memory.NULL;
    }
    FrontCache cache = FrontCaches.own();
    boolean trapped = cache != null && cache.isTrapped();
    if (trapped && cache != null) {
      cache.setTrapped(false);
    } else if (ThreadLocalRandom.current().nextInt(sampleEvery) != 0) {
      return Memory.NULL;
    }
    return slots.allocate(byteSize, alignment);
  }
}
