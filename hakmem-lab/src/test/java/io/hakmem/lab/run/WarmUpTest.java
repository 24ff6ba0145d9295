// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WarmUpTest {
  private static final int LEAST_MILLIS = 900;
  private static final int MOST_MILLIS = 3600;

  private final Deque<Long> compiledInRounds = new ArrayDeque<>();
  private final List<Long> rounds = new ArrayList<>();
  private long compiled;

  /** A round takes as long as it has to, and the compilers what the next in the queue says. */
  private long pass(long leastMillis) {
    rounds.add(leastMillis);
    compiled += compiledInRounds.isEmpty() ? 0 : compiledInRounds.remove();
    return leastMillis * 1_000_000;
  }

  private int roundsUpTo(int mostMillis, Long... compiledMillis) {
    compiledInRounds.addAll(List.of(compiledMillis));
    WarmUp.run(LEAST_MILLIS, mostMillis, this::pass, () -> compiled);
    return rounds.size();
  }

  @Test
  void quietCompilers_itTakesTheTimeAskedFor() {
    assertEquals(3, roundsUpTo(MOST_MILLIS, 300L, 100L));
    assertEquals(List.of(300L, 300L, 300L), rounds);
  }

  @Test
  void busyCompilers_itGoesOnUntilTheyTookLessThanATwentieth() {
    assertEquals(6, roundsUpTo(MOST_MILLIS, 300L, 0L, 200L, 100L, 15L, 14L, 300L));
  }

  @Test
  void compilersThatAreNeverDone_areLeftAtTheMostTime() {
    Long[] always = new Long[100];
    Arrays.fill(always, 15L);
    assertEquals(12, roundsUpTo(MOST_MILLIS, always));
  }

  @Test
  void busyCompilers_getNoTimeThatIsNotAskedFor() {
    assertEquals(3, roundsUpTo(LEAST_MILLIS, 300L, 300L, 300L, 300L));
  }

  @Test
  void noTimeAskedFor_isOneRound() {
    WarmUp.run(0, 0, this::onePass, () -> compiled);
    assertEquals(List.of(0L), rounds);
  }

  private long onePass(long leastMillis) {
    rounds.add(leastMillis);
    compiled += 1000;
    return 5_000_000;
  }
}
