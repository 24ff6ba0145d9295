// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void histogram_comesBackFromItsWord() {
    Histogram histogram = Latencies.empty();
    for (long value = 0; value < 60_000_000_000L; value = value * 3 / 2 + 1) {
      histogram.recordValueWithCount(value, value % 7 + 1);
    }
    assertEquals(histogram, Latencies.decode(Latencies.encode(histogram)));
    assertEquals(Latencies.empty(), Latencies.decode(Latencies.encode(Latencies.empty())));
    assertEquals("255:1,256:2", Latencies.encode(Latencies.decode("255:1,257:2")));
  }

  @Test
  void clock_isCounted() {
    Histogram clock = Latencies.ofClock();
    assertEquals(1_000_000, clock.getTotalCount());
    assertTrue(clock.getMaxValue() > 0);
  }
}
