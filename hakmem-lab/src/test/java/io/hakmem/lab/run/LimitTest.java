// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Threads that race to a limit: neither the account nor physical memory exceeds it. */
class LimitTest {
  private static final long LIMIT = 64L << 20;
  private static final long PAGE = 4096;

  @Test
  void racingThreads_neverExceedTheLimit() throws Exception {
    assertHeld(run("-Dhakmem.purge.delayMillis=0"));
  }

  @Test
  void racingThreads_withoutPurge_neverExceedTheLimit() throws Exception {
    assertHeld(run("-Dhakmem.purge.delayMillis=-1"));
  }

  private static void assertHeld(Map<String, String> result) {
    assertEquals(LimitChild.ROUNDS, number(result, "samples"));
    assertTrue(number(result, "refused") > 0, () -> "the limit was never reached: " + result);
    assertTrue(number(result, "peakCommitted") <= LIMIT, result::toString);
    assertTrue(number(result, "peakCommitted") > LIMIT * 9 / 10, result::toString);
    assertTrue(number(result, "excess") <= 0, () -> "more in memory than charged: " + result);
    // Not charged: a thousandth of the superslabs ever committed, which are half full or more here.
    long slack = 2 * LIMIT / 1000 + 2 * PAGE;
    assertTrue(number(result, "uncharged") <= slack, result::toString);
  }

  private static Map<String, String> run(String purge) throws Exception {
    JvmOptions options = new JvmOptions(List.of("-Dhakmem.limitBytes=" + LIMIT, purge), 0);
    return new ChildProcess(ChildProcess.RUN_LIMIT)
        .results(new JvmLaunchers(options).command(LimitChild.class, List.of()));
  }

  private static long number(Map<String, String> result, String key) {
    return Long.parseLong(result.getOrDefault(key, "none"));
  }
}
