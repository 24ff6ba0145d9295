// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Waits for what a background thread does, with a deadline that keeps a test from hanging. */
final class Eventually {

  /** Less where a fault is planted that somebody is to wait for in vain. */
  private static final long DEADLINE_NANOS =
      TimeUnit.SECONDS.toNanos(Long.getLong("hakmem.test.deadlineSeconds", 300));

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private Eventually() {}

  static void equal(long expected, LongSupplier actual) {
    isTrue(
        () -> actual.getAsLong() == expected,
        () -> "wanted " + expected + ", got " + actual.getAsLong());
  }

  static void isTrue(BooleanSupplier condition, Supplier<String> message) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > DEADLINE_NANOS) {
        throw new AssertionError("not within the deadline: " + message.get());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
