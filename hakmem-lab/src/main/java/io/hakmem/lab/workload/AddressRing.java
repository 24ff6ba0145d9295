// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Subject;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Blocks on their way from one thread to another, which frees them. */
final class AddressRing {
  /*
   * Two counters as in BatchRing; the sender looks at the receiver's only when the ring seems full.
   *
   *   counters   |  ...  | sent, seen |  ...  | received |  ...  |
   *              0         SENT                 RECEIVED   SIZE
   */

  private static final int SENT = 16;
  private static final int SEEN = 17; // of received, by the sender
  private static final int RECEIVED = 32;
  private static final int SIZE = 48;
  private static final VarHandle COUNTER = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counters = new long[SIZE];
  private final long[] addresses;

  /** Makes an empty ring; the capacity is a power of two. */
  AddressRing(int capacity) {
    addresses = new long[capacity];
  }

  /** Sender only: sends a block, or says that the ring is full. */
  boolean offer(long address) {
    long n = counters[SENT];
    if (n - counters[SEEN] == addresses.length) {
      counters[SEEN] = (long) COUNTER.getAcquire(counters, RECEIVED);
      if (n - counters[SEEN] == addresses.length) {
        return false;
      }
    }
    addresses[(int) n & (addresses.length - 1)] = address;
    COUNTER.setRelease(counters, SENT, n + 1);
    return true;
  }

  /**
   * Receiver only: frees all that has arrived; returns how many. On its way a block has no slot.
   */
  long drain(Subject subject) {
    long from = counters[RECEIVED];
    long to = (long) COUNTER.getAcquire(counters, SENT);
    for (long n = from; n < to; n++) {
      subject.free(0, addresses[(int) n & (addresses.length - 1)]);
    }
    if (from < to) {
      COUNTER.setRelease(counters, RECEIVED, to);
    }
    return to - from;
  }
}
