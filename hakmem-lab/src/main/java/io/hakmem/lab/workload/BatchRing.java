// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Hands whole arrays of addresses from one producer to one consumer; the arrays are re-used. */
final class BatchRing {
  /*
   * Two counters, each with one writer: batches produced, batches consumed. The release of a
   * counter publishes the batch, the acquire on the other side pairs with it.
   *
   *   counters   |  ...  | produced |  ...  | consumed |  ...  |     128 bytes apart, and from
   *              0         PRODUCED           CONSUMED   SIZE        whatever lies around the array
   */

  static final int BATCHES = 16;

  private static final int PRODUCED = 16;
  private static final int CONSUMED = 32;
  private static final int SIZE = 48;
  private static final int SPINS = 1000;
  private static final VarHandle COUNTER = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counters = new long[SIZE];
  private final long[][] batches;

  BatchRing(int batchSize) {
    batches = new long[BATCHES][batchSize];
  }

  /** Empties the ring; no thread may be using it. */
  void clear() {
    counters[PRODUCED] = 0;
    counters[CONSUMED] = 0;
  }

  /** Producer only: waits for room and returns the array of the n-th batch, to be filled. */
  long[] awaitRoom(long n) {
    await(CONSUMED, n - BATCHES + 1);
    return batch(n);
  }

  /** Producer only: the n-th batch is complete. */
  void produced(long n) {
    COUNTER.setRelease(counters, PRODUCED, n + 1);
  }

  /** Consumer only: whether the n-th batch is there. */
  boolean hasBatch(long n) {
    return (long) COUNTER.getAcquire(counters, PRODUCED) > n;
  }

  /** Consumer only: waits for the n-th batch. */
  long[] awaitBatch(long n) {
    await(PRODUCED, n + 1);
    return batch(n);
  }

  /** Consumer only: the array of the n-th batch may be filled again. */
  void consumed(long n) {
    COUNTER.setRelease(counters, CONSUMED, n + 1);
  }

  @SuppressWarnings("ThreadPriorityCheck") // the recipe: spin, then yield
  private void await(int counter, long value) {
    int spins = 0;
    while ((long) COUNTER.getAcquire(counters, counter) < value) {
      if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  private long[] batch(long n) {
    return batches[(int) (n % BATCHES)];
  }
}
