// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BiasedAdderTest {
  private static final int MANY = 3 * BiasedAdder.CELLS;
  private static final int ROUNDS = 20_000;
  private static final int LONG = 20_000_000; // so that two really run at once

  private final BiasedAdder adder = new BiasedAdder();

  @Test
  void threadsAtOnce_platformAndVirtual_loseNothing() throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Thread.Builder builder = i % 4 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
      threads.add(builder.unstarted(() -> addUp(start, ROUNDS)));
    }
    run(threads, start);
    assertEquals((long) MANY * ROUNDS, adder.sum());
  }

  @Test
  void twoThreadsOfOneCell_loseNothing() throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    Thread[] byCell = new Thread[BiasedAdder.CELLS];
    Thread one;
    Thread other;
    do {
      one = Thread.ofPlatform().unstarted(() -> addUp(start, LONG));
      int cell = (int) one.threadId() & (BiasedAdder.CELLS - 1);
      other = byCell[cell];
      byCell[cell] = one;
    } while (other == null);
    run(List.of(one, other), start);
    assertEquals(2L * LONG, adder.sum());
  }

  private static void run(List<Thread> threads, CountDownLatch start) throws InterruptedException {
    threads.forEach(Thread::start);
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void addUp(CountDownLatch start, int rounds) {
    try {
      start.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (int i = 0; i < rounds; i++) {
      adder.add(3);
      adder.add(-2);
    }
  }

  @Test
  void threadsOneAfterTheOther_goOnWithTheSum() throws InterruptedException {
    for (int i = 1; i <= MANY; i++) {
      Thread thread = Thread.ofPlatform().start(() -> adder.add(5));
      thread.join();
      assertEquals(5L * i, adder.sum());
    }
  }
}
