// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does something in a thread of its own, waits for the thread's end, and passes on what it threw.
 */
final class InThread {

  /** Something to do. */
  interface Action {
    void run() throws Exception;
  }

  private InThread() {}

  static void run(Action action) {
    run(Thread.ofPlatform(), action);
  }

  static void runVirtual(Action action) {
    run(Thread.ofVirtual(), action);
  }

  static void run(Thread.Builder builder, Action action) {
    start(builder, action).join();
  }

  static <T> T call(Callable<T> action) {
    AtomicReference<@Nullable T> result = new AtomicReference<>();
    run(() -> result.set(action.call()));
    return Objects.requireNonNull(result.get());
  }

  static Running start(Action action) {
    return start(Thread.ofPlatform(), action);
  }

  static Running start(Thread.Builder builder, Action action) {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread thread =
        builder.start(
            () -> {
              try {
                action.run();
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    return new Running(thread, failure);
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A thread at work. */
  record Running(Thread thread, AtomicReference<@Nullable Throwable> failure) {

    /** Waits for the end; throws {@link AssertionError} if the thread failed. */
    void join() {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw new AssertionError("in " + thread, thrown);
      }
    }
  }
}
