// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/** The untimed passes before the timed ones. */
final class WarmUp {
  /*
   * They take the time asked for, and may go on until the JIT compilers have little left to do, but
   * not for ever: what a slow path throws away may be compiled again at any time. Compilers that are
   * still at work take one of the cores from two threads, and threads that get apart hand each
   * other more blocks at once: then a run measures that.
   */

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** The compilers are asked so many times in the time asked for. */
  private static final int ROUNDS = 3;

  /** They are done when of a round they took less than this part of its time. */
  private static final int BUSY_PART = 20;

  private WarmUp() {}

  /**
   * Runs passes.
   *
   * @param leastMillis the time asked for; with 0 it is one call
   * @param mostMillis the time up to which they go on for the compilers
   * @param passes runs passes for at least so many milliseconds; returns how many nanoseconds
   * @param compilationMillis what the JIT compilers have taken up to now
   */
  static void run(
      int leastMillis, int mostMillis, LongUnaryOperator passes, LongSupplier compilationMillis) {
    long least = leastMillis * NANOS_PER_MILLI;
    long most = mostMillis * NANOS_PER_MILLI;
    long nanos = 0;
    boolean busy;
    do {
      long compiledBefore = compilationMillis.getAsLong();
      long round = passes.applyAsLong(leastMillis / ROUNDS);
      long compiled = compilationMillis.getAsLong() - compiledBefore;
      nanos += round;
      busy = compiled * NANOS_PER_MILLI * BUSY_PART >= round;
    } while (nanos < least || (busy && nanos < most));
  }
}
