// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;

/** How much each thread of a pass does: operations by number, or what fits into a time. */
final class Quota {
  /*
   * Loops run in pieces: between two of them a thread looks whether the time is up, and a piece is
   * a call of a method that is compiled as a whole (RandomMixed says why).
   */

  static final int PIECE = 1000;

  private static final VarHandle OVER;

  static {
    try {
      OVER = MethodHandles.lookup().findVarHandle(Quota.class, "over", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long nanos; // 0: not limited by time
  private final long operations;

  /** Written by the thread that runs the pass, read by the workers; nothing else depends on it. */
  @SuppressWarnings("unused") // by OVER
  private boolean over;

  private Quota(long nanos, long operations) {
    this.nanos = nanos;
    this.operations = operations;
  }

  static Quota ofSeconds(BigDecimal seconds) {
    return new Quota(seconds.movePointRight(9).longValue(), Long.MAX_VALUE);
  }

  static Quota ofOperations(long eachThread) {
    return new Quota(0, eachThread);
  }

  /** The quota that is done after the first operations, shared by so many threads. */
  Quota first(long most, int threads) {
    return ofOperations(Math.min(operations, Math.ceilDiv(most, threads)));
  }

  /** Operations of each thread, if there is no time to be up first. */
  long operations() {
    return operations;
  }

  /** Operations of the next piece of a thread that has done so many; 0 if it has done enough. */
  int piece(long done) {
    return goesOn(done) ? (int) Math.min(PIECE, operations - done) : 0;
  }

  /** Whether a thread that has done so many operations does more. */
  boolean goesOn(long done) {
    return done < operations && !isOver();
  }

  /** Whether the time is up. */
  boolean isOver() {
    return (boolean) OVER.getOpaque(this);
  }

  /** Called when the workers start: comes back when the time is up, at once if none is set. */
  void awaitEnd() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos);
    if (nanos > 0) {
      OVER.setOpaque(this, true);
    }
  }

  /** Makes it ready for another pass. */
  void reset() {
    OVER.setOpaque(this, false);
  }
}
