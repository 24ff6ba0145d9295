// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a pass, each with its own view of the subject. The clock runs from when all stand
 * ready until the last has ended. Twin: workers.c.
 */
final class Workers {
  /** What each worker does. */
  @FunctionalInterface
  interface Body {
    /** Does the work of a worker on a thread of its own; returns the operations done. */
    long run(int worker, Subject subject);

    /** Asked after run: whether a new thread takes this worker over before the old one ends. */
    default boolean isRelieved(int worker) {
      return false;
    }
  }

  /**
   * What became of it.
   *
   * @param nanos from the common start to the end of the last worker
   * @param operations of all workers
   */
  record Outcome(long nanos, long operations) {}

  @FunctionalInterface
  private interface Wait {
    void await() throws InterruptedException;
  }

  private final SubjectFactory subjects;
  private final int slotCount;
  private final Body body;
  private final Thread[] threads; // the newest of each worker
  private final CountDownLatch ready;
  private final CountDownLatch start = new CountDownLatch(1);
  private final CountDownLatch done;
  private final LongAdder operations = new LongAdder();
  private volatile @Nullable Throwable failure;

  private Workers(int count, SubjectFactory subjects, int slotCount, Body body) {
    this.subjects = subjects;
    this.slotCount = slotCount;
    this.body = body;
    threads = new Thread[count];
    ready = new CountDownLatch(count);
    done = new CountDownLatch(count);
  }

  /** Runs that many workers, ends them when the quota's time is up, and waits for them. */
  static Outcome run(int count, SubjectFactory subjects, int slotCount, Quota quota, Body body) {
    try {
      return new Workers(count, subjects, slotCount, body).run(quota);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a run", e);
    }
  }

  private Outcome run(Quota quota) throws InterruptedException {
    quota.reset();
    for (int worker = 0; worker < threads.length; worker++) {
      int index = worker;
      startThread(index, () -> begin(index));
    }
    ready.await();
    long begin = System.nanoTime();
    start.countDown();
    quota.awaitEnd();
    done.await();
    for (Thread thread : threads) {
      thread.join();
    }
    long nanos = System.nanoTime() - begin;
    if (failure != null) {
      throw new IllegalStateException("a worker failed", failure);
    }
    return new Outcome(nanos, operations.sum());
  }

  private void startThread(int worker, Runnable what) {
    Thread thread = new Thread(what, "worker-" + worker);
    threads[worker] = thread;
    thread.start();
  }

  private void begin(int worker) {
    work(
        worker,
        () -> {
          ready.countDown();
          start.await();
        });
  }

  /** Ended workers include the threads they had before: the newest waits for the end of each. */
  private void takeOver(int worker, Thread predecessor) {
    work(worker, predecessor::join);
  }

  private void work(int worker, Wait whenOpened) {
    boolean relieved = false;
    try {
      Subject subject = subjects.open(slotCount);
      whenOpened.await();
      operations.add(body.run(worker, subject));
      if (body.isRelieved(worker)) {
        Thread predecessor = Thread.currentThread();
        startThread(worker, () -> takeOver(worker, predecessor));
        relieved = true;
      }
    } catch (InterruptedException e) {
      failure = e;
      throw new IllegalStateException("nobody interrupts a worker", e);
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    } finally {
      if (!relieved) {
        ready.countDown(); // in case it failed before it was ready
        done.countDown();
      }
    }
  }
}
