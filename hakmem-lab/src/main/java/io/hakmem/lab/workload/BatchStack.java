// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The batches of xmalloc-test that wait for a consumer: a bounded stack under a lock. */
final class BatchStack {
  private static final int MOST_WAITING = 100;

  private final int producers;
  private final Quota quota;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notFull = lock.newCondition();
  private final Condition notEmpty = lock.newCondition();
  private final long[] records; // room for one more of each producer, when the time is up
  private int count;
  private int active;

  BatchStack(int producers, Quota quota) {
    this.producers = producers;
    this.quota = quota;
    records = new long[MOST_WAITING + producers];
  }

  /** Before a pass; the stack is empty. */
  void reset() {
    active = producers;
  }

  /** Pushes as soon as there is room, or at once if the time is up. */
  void push(long record) {
    lock.lock();
    try {
      while (count >= MOST_WAITING && !quota.isOver()) {
        notFull.awaitUninterruptibly();
      }
      records[count++] = record;
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Pops the newest, waiting for one; 0 if the time is up or no producer is left. */
  long pop() {
    lock.lock();
    try {
      while (count == 0 && active > 0 && !quota.isOver()) {
        notEmpty.awaitUninterruptibly();
      }
      if (quota.isOver()) {
        notFull.signalAll();
        return 0;
      }
      notFull.signal();
      return poll();
    } finally {
      lock.unlock();
    }
  }

  /** One producer less. */
  void end() {
    lock.lock();
    try {
      active--;
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Pops the newest; 0 if there is none. Under the lock, or when no thread is left. */
  long poll() {
    return count == 0 ? 0 : records[--count];
  }
}
