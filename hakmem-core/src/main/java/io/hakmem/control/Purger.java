// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.control;

import io.hakmem.depot.Depot;
import io.hakmem.event.Events;
import io.hakmem.event.Observer;
import io.hakmem.front.FrontCaches;
import io.hakmem.large.LargeBlocks;
import io.hakmem.slab.SizeClasses;
import io.hakmem.slab.SlabPool;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.Superslabs;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Gives idle memory back to the operating system, in the background or on demand. */
public final class Purger {
  /*
   * Memory comes home in steps, each by one tick: caches of dead threads and magazines that nobody
   * asked for go to their slabs; slabs that stayed empty go to their superslabs; pages of slabs and
   * slices that stayed free for the delay, two ticks, go to the system. Ticks are half a delay apart
   * while there is something to do, longer else.
   *
   * Above the soft limit the delay is a short one, the eager delay. The charge that passes the limit
   * wakes the thread, but no step is made earlier than an eager tick after the last one.
   *
   * The thread is a daemon and holds the allocator weakly: it ends when the class loader goes. Where the
   * source of memory takes nothing back, everything but the last step is done.
   */

  private static final long MIN_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long IDLE_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  // Held over a whole step: who is out of memory waits for a purge at work and then finds its
  // yield.
  private final Object stepping = new Object();
  private final FrontCaches caches;
  private final Depot[] depots;
  private final SlabPool[] pools;
  private final Superslabs superslabs;
  private final LargeBlocks large;
  private final Account account;
  private final boolean returnsMemory;
  private final long delayNanos;
  private final long softLimitBytes;
  private final EagerDelay eagerDelay;

  private volatile @Nullable BooleanSupplier action;
  private long chargedAfterStep;
  private long nextStep = System.nanoTime();

  /**
   * A purger for memory that stayed free for {@code delayNanos}, or less while more than {@code
   * softLimitBytes} are charged.
   */
  public Purger(
      FrontCaches caches,
      Depot[] depots,
      SlabPool[] pools,
      Superslabs superslabs,
      LargeBlocks large,
      Account account,
      boolean returnsMemory,
      long delayNanos,
      long softLimitBytes) {
    this.caches = caches;
    this.depots = depots;
    this.pools = pools;
    this.superslabs = superslabs;
    this.large = large;
    this.account = account;
    this.returnsMemory = returnsMemory;
    this.delayNanos = delayNanos;
    this.softLimitBytes = softLimitBytes;
    eagerDelay = new EagerDelay(delayNanos);
  }

  /** Starts the background thread. */
  public void start() {
    WeakReference<Purger> self = new WeakReference<>(this);
    Thread thread = new Thread(null, () -> run(self), "hakmem-purge", 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    account.watch(softLimitBytes, () -> LockSupport.unpark(thread));
    thread.start();
  }

  private static void run(WeakReference<Purger> self) {
    long pause = IDLE_TICK_NANOS;
    while (true) {
      LockSupport.parkNanos(pause);
      Purger purger = self.get();
      if (purger == null) {
        return;
      }
      try {
        pause = purger.tick();
        purger.runAction();
      } catch (OutOfMemoryError fullHeap) { // nothing was lost, and the next step may find room
        pause = IDLE_TICK_NANOS;
      }
    }
  }

  /** Has something run after each step in the background until it says true. */
  void atEachTick(BooleanSupplier next) {
    action = next;
  }

  private void runAction() {
    BooleanSupplier present = action;
    if (present != null && present.getAsBoolean()) {
      action = null;
    }
  }

  /** Runs an action while no background step does. */
  void pauseDuring(Runnable action) {
    synchronized (stepping) {
      action.run();
    }
  }

  /** One step, if it is time for one; how long to wait before the next, in nanoseconds. */
  private long tick() {
    synchronized (stepping) {
      long early = nextStep - System.nanoTime();
      return early > 0 ? early : step();
    }
  }

  private long step() {
    long start = System.nanoTime();
    long charged = account.chargedBytes() - chargedAfterStep;
    int moved = caches.retireIdle();
    FrontCaches.raiseEpoch();
    long bytes = 0;
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      moved += depots[c].returnSurplus() > 0 ? 1 : 0;
      bytes += pools[c].purge(false);
      moved += pools[c].isResting() ? 1 : 0;
    }
    bytes += purgePages(System.nanoTime() - presentDelay());
    tell(false, bytes, start);
    boolean dirty = returnsMemory && (superslabs.hasDirtyFree() || large.hasDirtyFree());
    boolean busy = moved > 0 || dirty;
    eagerDelay.adapt(bytes, charged, busy && isPressed());
    chargedAfterStep = account.chargedBytes();
    nextStep = System.nanoTime() + tickOf(eagerDelay.nanos());
    long tick = tickOf(presentDelay());
    return busy ? tick : Math.max(tick, IDLE_TICK_NANOS);
  }

  private long presentDelay() {
    return isPressed() ? eagerDelay.nanos() : delayNanos;
  }

  private static long tickOf(long delay) {
    return Math.max(delay / 2, MIN_TICK_NANOS);
  }

  /** Whether the account is above the soft limit, and a purge could change that. */
  private boolean isPressed() {
    return returnsMemory && account.chargedBytes() > softLimitBytes;
  }

  /**
   * Returns everything that no thread's own cache holds, at once. How many bytes went back to the
   * system.
   */
  public long purgeNow() {
    synchronized (stepping) {
      long start = System.nanoTime();
      caches.retireIdle();
      caches.retireIdle();
      FrontCaches.raiseEpoch();
      long bytes = 0;
      for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
        depots[c].returnAll();
        bytes += pools[c].purge(true);
      }
      bytes += purgePages(System.nanoTime());
      tell(true, bytes, start);
      return bytes;
    }
  }

  private static void tell(boolean onDemand, long bytes, long start) {
    Observer observer = Events.observer();
    if (observer != null && (onDemand || bytes > 0)) {
      observer.purged(onDemand, bytes, System.nanoTime() - start);
    }
  }

  private long purgePages(long before) {
    long bytes = returnsMemory ? large.purge(before) : 0;
    large.releaseRested(before);
    return returnsMemory ? bytes + superslabs.purge(before) : 0;
  }
}
