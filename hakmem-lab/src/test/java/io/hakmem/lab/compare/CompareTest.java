// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CompareTest {
  private static final double[] TIMES = {10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7};

  @Test
  void summary_ofOddAndEvenCounts() {
    assertEquals(new Summary(2, 1, 9), Summary.of(new double[] {9, 1, 2}));
    assertEquals(new Summary(3, 1, 9), Summary.of(new double[] {9, 1, 2, 4}));
    assertEquals(new Summary(5, 5, 5), Summary.of(new double[] {5}));
    assertThrows(IllegalArgumentException.class, () -> Summary.of(new double[0]));
  }

  @Test
  void verdict_outsideTheFloorAndSignificant_isADifference() {
    assertEquals(Verdict.FASTER, Verdict.of(scaled(0.9), TIMES, 0.02));
    assertEquals(Verdict.SLOWER, Verdict.of(scaled(1.1), TIMES, 0.02));
  }

  @Test
  void verdict_insideTheFloor_isNone() {
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(scaled(0.9), TIMES, 0.2));
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(scaled(1.1), TIMES, 0.2));
  }

  @Test
  void verdict_ofMixedRuns_isNone() {
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(scaled(1.005), TIMES, 0));
  }

  @Test
  void verdict_ofTooFewRuns_isNone() {
    for (int runs = 1; runs < Verdict.LEAST_RUNS; runs++) {
      double[] few = Arrays.copyOf(TIMES, runs);
      double[] slow = Arrays.copyOf(scaled(2), runs);
      assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(slow, few, 0.01));
    }
    double[] enough = Arrays.copyOf(TIMES, Verdict.LEAST_RUNS);
    double[] slow = Arrays.copyOf(scaled(2), Verdict.LEAST_RUNS);
    assertEquals(Verdict.SLOWER, Verdict.of(slow, enough, 0.01));
  }

  @Test
  void noiseFloor_isTheSameBothWays() {
    assertEquals(0.25, Verdict.noiseFloor(scaled(1.25), TIMES), 1e-9);
    assertEquals(0.25, Verdict.noiseFloor(TIMES, scaled(1.25)), 1e-9);
    assertEquals(0, Verdict.noiseFloor(TIMES, TIMES));
  }

  private static double[] scaled(double factor) {
    return Arrays.stream(TIMES).map(time -> time * factor).toArray();
  }
}
