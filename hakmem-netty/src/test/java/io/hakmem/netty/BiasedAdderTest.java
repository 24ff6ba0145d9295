// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BiasedAdderTest {
  private static final int MANY = 200; // more than there are cells
  private static final int ROUNDS = 20_000;

  private final BiasedAdder adder = new BiasedAdder();

  @Test
  void threadsAtOnce_platformAndVirtual_loseNothing() throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Thread.Builder builder = i % 4 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
      threads.add(builder.start(() -> addUp(start)));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals((long) MANY * ROUNDS, adder.sum());
  }

  private void addUp(CountDownLatch start) {
    try {
      start.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (int i = 0; i < ROUNDS; i++) {
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
