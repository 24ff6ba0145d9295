// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Observes a JVM at intervals, on a thread of its own: a JVM that is stopped does not answer, and
 * who waits for it should still hear the user.
 */
public final class Sampler implements AutoCloseable {
  private static final Duration END_PATIENCE = Duration.ofSeconds(5);

  private final WatchedJvm jvm;
  private final long intervalNanos;
  private final Consumer<Sample> listener;
  private final Thread thread;

  // Guarded by this.
  private @Nullable Sample latest;
  private @Nullable WatchFailure failure;
  private boolean over;

  /** Starts; {@code listener} is called on the sampler's thread. */
  public Sampler(WatchedJvm jvm, Duration interval, Consumer<Sample> listener) {
    this.jvm = jvm;
    this.listener = listener;
    intervalNanos = interval.toNanos();
    thread = Thread.ofPlatform().daemon().name("hakmem-sampler").start(this::run);
  }

  private void run() {
    long next = System.nanoTime();
    try {
      while (!isOver()) {
        publish(jvm.observe());
        next = Math.max(next + intervalNanos, System.nanoTime());
        pauseUntil(next);
      }
    } catch (RuntimeException e) { // nobody may wait for ever
      end(new WatchFailure("cannot go on watching: " + e, e));
    } catch (WatchFailure e) {
      end(jvm.endsWithin(END_PATIENCE) ? null : e);
    }
  }

  private void publish(Observation now) {
    Sample sample;
    synchronized (this) {
      sample =
          latest == null
              ? new Sample(1, null, now)
              : new Sample(latest.number() + 1, latest.now(), now);
      latest = sample;
      notifyAll();
    }
    listener.accept(sample);
  }

  private synchronized void pauseUntil(long nanos) {
    try {
      for (long left = nanos - System.nanoTime(); left > 0 && !over; ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = nanos - System.nanoTime();
      }
    } catch (InterruptedException e) {
      over = true;
    }
  }

  private synchronized void end(@Nullable WatchFailure reason) {
    over = true;
    failure = reason;
    notifyAll();
  }

  /** The latest sample; null before the first. */
  public synchronized @Nullable Sample latest() {
    return latest;
  }

  /** Whether no more samples will come. */
  public synchronized boolean isOver() {
    return over;
  }

  /**
   * Does nothing unless watching came to an end for another reason than the JVM's own.
   *
   * @throws WatchFailure that says why
   */
  public synchronized void check() throws WatchFailure {
    if (failure != null) {
      throw failure;
    }
  }

  /** Waits for a sample with a higher number; null if no more come or the thread is interrupted. */
  public synchronized @Nullable Sample awaitAfter(int number) {
    try {
      while (!over && (latest == null || latest.number() <= number)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return latest != null && latest.number() > number ? latest : null;
  }

  /** Waits for the end. */
  public synchronized void awaitEnd() {
    try {
      while (!over) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end(null);
    thread.interrupt();
  }
}
