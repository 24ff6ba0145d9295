// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AccountTest {

  @Test
  void tryCharge_upToTheLimit_succeedsAndNoFurther() {
    Account account = new Account(100);
    assertTrue(account.tryCharge(60));
    assertFalse(account.tryCharge(41));
    assertEquals(60, account.chargedBytes());
    assertTrue(account.tryCharge(40));
    assertFalse(account.tryCharge(1));
    assertEquals(100, account.chargedBytes());
    assertEquals(100, account.limitBytes());
  }

  @Test
  void uncharge_makesRoomAgain() {
    Account account = new Account(100);
    assertTrue(account.tryCharge(100));
    account.uncharge(30);
    assertTrue(account.tryCharge(30));
    assertEquals(100, account.chargedBytes());
  }

  @Test
  void peakBytes_isTheMostEverCharged() {
    Account account = new Account(Long.MAX_VALUE);
    assertTrue(account.tryCharge(70));
    account.uncharge(50);
    assertTrue(account.tryCharge(10));
    assertEquals(70, account.peakBytes());
    assertTrue(account.tryCharge(41));
    assertEquals(71, account.peakBytes());
  }

  @Test
  void tryCharge_ofNothingAtTheLimit_succeeds() {
    // What is dirty already costs nothing: it must be possible to use it, and to purge it.
    Account account = new Account(100);
    assertTrue(account.tryCharge(100));
    assertTrue(account.tryCharge(0));
    assertFalse(account.tryCharge(1));
  }

  @Test
  void tryCharge_ofHugeAmounts_doesNotOverflow() {
    Account account = new Account(Long.MAX_VALUE);
    assertTrue(account.tryCharge(Long.MAX_VALUE - 10));
    assertFalse(account.tryCharge(11));
    assertTrue(account.tryCharge(10));
  }

  @Test
  void watch_tellsOfEveryChargeThatPassesTheAmount() {
    Account account = new Account(1000);
    AtomicInteger told = new AtomicInteger();
    account.watch(100, told::incrementAndGet);
    assertTrue(account.tryCharge(100));
    assertFalse(account.tryCharge(1000));
    assertEquals(0, told.get(), "not above yet");
    assertTrue(account.tryCharge(1));
    assertEquals(1, told.get());
    assertTrue(account.tryCharge(1));
    account.uncharge(1);
    assertEquals(1, told.get(), "above before");
    account.uncharge(1);
    account.chargeBeyondLimit(1000);
    assertEquals(2, told.get());
  }

  @Test
  void tryCharge_byTwoThreads_neverExceedsTheLimit() throws Exception {
    Account account = new Account(1000);
    CyclicBarrier start = new CyclicBarrier(2);
    Thread[] threads = new Thread[2];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                    for (int j = 0; j < 100_000; j++) {
                      if (account.tryCharge(700)) {
                        account.uncharge(700);
                      }
                    }
                  });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, account.chargedBytes());
    assertEquals(700, account.peakBytes(), "two charges of 700 bytes never fitted at once");
  }
}
