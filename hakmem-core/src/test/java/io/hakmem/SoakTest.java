// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A cycle of the soak in every build; as long as {@code -Dsoak.minutes} says, with the judgement of
 * resident memory, in {@code mvn -Psoak verify}.
 */
final class SoakTest {

  private static final double MINUTES =
      Double.parseDouble(System.getProperty("hakmem.soak.minutes", "0"));

  @BeforeAll
  static void configure() {
    Hakmem.configure(
        HakmemConfig.DEFAULT.withLimitBytes(Soak.LIMIT_BYTES).withPurgeDelayMillis(20));
  }

  @Test
  void soak_losesNothingAndDoesNotGrow() {
    long seed = TestMode.seed();
    Soak soak = new Soak(seed);
    try {
      soak.run(MINUTES);
    } catch (Throwable failure) {
      throw new AssertionError(TestMode.replay(seed), failure);
    }
    soak.report(Path.of("target", "soak.txt"));
    HeapVerifier.verify();
    assertEquals(0, soak.lostBlocks(), "lost blocks");
    assertEquals(0, Hakmem.stats().allocatedBytes(), "bytes still allocated");
    assertTrue(Hakmem.stats().remoteFrees() > 100, "too few blocks were freed for others");
    if (MINUTES > 0) {
      assertTrue(soak.refusedRequests() > 0, "the limit was never met");
      assertFlat("hakmem's", soak.slope(false));
      assertFlat("the process's", soak.slope(true));
    }
  }

  private static void assertFlat(String whose, Slope slope) {
    assertTrue(slope.mayBeZero(), () -> whose + " resident memory grows or shrinks: " + slope);
  }

  // ---- the judgement itself

  private static Slope slopeOf(double trend, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] x = new double[60];
    double[] y = new double[60];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
      y[i] = 100 + trend * i + random.nextDouble();
    }
    return Slope.of(x, y);
  }

  @Test
  void slope_ofNoise_containsZeroInNearlyAllSeries() {
    int outside = 0;
    for (int seed = 0; seed < 1000; seed++) {
      outside += slopeOf(0, seed).mayBeZero() ? 0 : 1;
    }
    assertTrue(outside <= 25, outside + " of 1000 outside of a 99 % interval");
  }

  @Test
  void slope_ofNoiseThatLasts_containsZeroInNearlyAllSeries() {
    int outside = 0;
    for (int seed = 0; seed < 1000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] x = new double[2000];
      double[] y = new double[x.length];
      double level = 0;
      for (int i = 0; i < x.length; i++) {
        level = 0.7 * level + random.nextGaussian(); // as alike as samples of a JVM's memory
        x[i] = i;
        y[i] = level;
      }
      outside += Slope.of(x, y).mayBeZero() ? 0 : 1;
    }
    assertTrue(outside <= 25, outside + " of 1000 outside of a 99 % interval");
  }

  @Test
  void slope_ofATrendWithinTheNoise_isFound() {
    for (int seed = 0; seed < 1000; seed++) {
      assertFalse(slopeOf(0.02, seed).mayBeZero(), "a trend of a fiftieth of the noise a step");
    }
  }
}
