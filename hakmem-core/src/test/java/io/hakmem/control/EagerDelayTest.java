// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EagerDelayTest {

  private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(40);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MIB = 1 << 20;

  @Test
  void adapt_whileStepsDoNotHelp_doublesUpToASecond() {
    EagerDelay delay = new EagerDelay(Long.MAX_VALUE);
    assertEquals(SHORT, delay.nanos());
    for (long expected : new long[] {2 * SHORT, 4 * SHORT, 8 * SHORT, 16 * SHORT, SECOND, SECOND}) {
      delay.adapt(2 * MIB, MIB, true);
      assertEquals(expected, delay.nanos());
    }
  }

  @Test
  void adapt_afterAStepThatGaveBackMuch_isShortAgain() {
    EagerDelay delay = new EagerDelay(Long.MAX_VALUE);
    delay.adapt(0, 0, true);
    delay.adapt(0, -MIB, true);
    assertEquals(4 * SHORT, delay.nanos(), "nothing came back");
    delay.adapt(2 * MIB, MIB, true);
    assertEquals(8 * SHORT, delay.nanos(), "as much could be charged again");
    delay.adapt(2 * MIB + 1, MIB, true);
    assertEquals(SHORT, delay.nanos());
    delay.adapt(0, 0, true);
    delay.adapt(1, -MIB, true);
    assertEquals(SHORT, delay.nanos());
  }

  @Test
  void adapt_belowTheLimit_changesNothing() {
    EagerDelay delay = new EagerDelay(Long.MAX_VALUE);
    delay.adapt(0, MIB, true);
    delay.adapt(0, MIB, false);
    assertEquals(2 * SHORT, delay.nanos());
  }

  @Test
  void delay_isNeverLongerThanTheUsualOne() {
    EagerDelay delay = new EagerDelay(3 * SHORT);
    delay.adapt(0, 0, true);
    delay.adapt(0, 0, true);
    assertEquals(3 * SHORT, delay.nanos());
    assertEquals(5, new EagerDelay(5).nanos());
  }
}
