// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.subject.CountingSubject;
import io.hakmem.lab.subject.Subject;
import java.math.BigDecimal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private static final Quota ALL = Quota.ofOperations(Long.MAX_VALUE);

  @Test
  void run_addsUpTheOperationsOfAllWorkers() {
    Workers.Outcome outcome =
        Workers.run(3, CountingSubject::new, 1, ALL, (worker, subject) -> 10 + worker);
    assertEquals(33, outcome.operations());
    assertTrue(outcome.nanos() > 0);
  }

  @Test
  void workers_runTogetherEachWithItsOwnSubject() {
    CyclicBarrier together = new CyclicBarrier(4);
    Set<Subject> subjects = ConcurrentHashMap.newKeySet();
    Workers.run(
        4,
        CountingSubject::new,
        1,
        ALL,
        (worker, subject) -> {
          subjects.add(subject);
          await(together);
          return 0;
        });
    assertEquals(4, subjects.size());
  }

  @Test
  void relievedWorker_goesOnInAnotherThread() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Workers.Body body =
        new Workers.Body() {
          private int left = 5;

          @Override
          public long run(int worker, Subject subject) {
            threads.add(Thread.currentThread());
            left--;
            return 1;
          }

          @Override
          public boolean isRelieved(int worker) {
            return left > 0;
          }
        };
    assertEquals(5, Workers.run(1, CountingSubject::new, 1, ALL, body).operations());
    assertEquals(5, threads.size());
    assertTrue(threads.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void quotaOfSeconds_endsTheWorkers() {
    Quota quota = Quota.ofSeconds(new BigDecimal("0.01"));
    for (int pass = 0; pass < 2; pass++) {
      // Not how much they do: before they get a processor, the time may be up.
      Workers.run(
          2,
          slotCount -> {
            assertEquals(Quota.PIECE, quota.piece(0), "over before the start");
            return new CountingSubject(slotCount);
          },
          1,
          quota,
          (worker, subject) -> useUp(quota));
      assertTrue(quota.isOver());
      assertEquals(0, quota.piece(0));
    }
  }

  @Test
  void quotaOfOperations_isDoneInPieces() {
    Quota quota = Quota.ofOperations(2 * Quota.PIECE + 7);
    assertEquals(Quota.PIECE, quota.piece(Quota.PIECE));
    assertEquals(7, quota.piece(2 * Quota.PIECE));
    assertEquals(0, quota.piece(2 * Quota.PIECE + 7));
    assertEquals(
        4 * Quota.PIECE + 14,
        Workers.run(2, CountingSubject::new, 1, quota, (worker, subject) -> useUp(quota))
            .operations());
    assertFalse(quota.isOver());
  }

  @Test
  void quota_isCutToTheFirstOperations() {
    assertEquals(34, Quota.ofSeconds(BigDecimal.ONE).first(100, 3).operations());
    assertEquals(20, Quota.ofOperations(20).first(100, 3).operations());
  }

  @Test
  void failureOfAWorker_isThrown() {
    AtomicInteger opened = new AtomicInteger();
    assertThrows(
        IllegalStateException.class,
        () ->
            Workers.run(
                2,
                slotCount -> {
                  if (opened.incrementAndGet() == 2) {
                    throw new IllegalArgumentException("planted");
                  }
                  return new CountingSubject(slotCount);
                },
                1,
                ALL,
                (worker, subject) -> 1));
  }

  private static long useUp(Quota quota) {
    long done = 0;
    for (int count; (count = quota.piece(done)) > 0; ) {
      done += count;
    }
    return done;
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
