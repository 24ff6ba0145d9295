// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The statistics of blocks, calibrated on series whose truth is known. */
class PairedTest {
  /** Runs of one JVM differ by that much from fork to fork, as measured on a small machine. */
  private static final double SPREAD = 0.10;

  private static final int BLOCKS = 12;
  private static final int SERIES = 1_000;

  private final Random random = new Random(20_251_114);

  /** One block: two runs of each arm, the machine in one mood throughout, some runs a bad one. */
  private double block(double logEffect) {
    return (run() + run() - run() - run()) / 2 + logEffect;
  }

  private double run() {
    double slowSpell = random.nextInt(10) == 0 ? 2 * SPREAD : 0;
    return SPREAD * random.nextGaussian() - slowSpell;
  }

  private double[] series(int blocks, double logEffect) {
    return IntStream.range(0, blocks).mapToDouble(i -> block(logEffect)).toArray();
  }

  @Test
  void test_ofArmsThatDoNotDiffer_alarmsAsOftenAsItSays() {
    int alarms = 0;
    for (int i = 0; i < SERIES; i++) {
      alarms += Paired.of(series(BLOCKS, 0)).probability() <= Paired.ALPHA ? 1 : 0;
    }
    // 10 expected; three standard deviations are 9.
    assertTrue(alarms >= 1 && alarms <= 20, alarms + " of " + SERIES);
  }

  @Test
  void interval_holdsTheTruthAsOftenAsItSays() {
    int missed = 0;
    for (int i = 0; i < SERIES; i++) {
      missed += Paired.of(series(BLOCKS, 0.1)).ratio().interval().contains(Math.exp(0.1)) ? 0 : 1;
    }
    assertTrue(missed >= 1 && missed <= 20, missed + " of " + SERIES);
  }

  @Test
  void verdict_ofArmsThatDoNotDiffer_alarmsAtMostSoOften() {
    assertTrue(found(SERIES, BLOCKS, 0) <= 20, "alarms with a floor of the same size");
  }

  @Test
  void verdict_ofThreeArms_alarmsAtMostSoOftenAltogether() {
    int alarms = 0;
    for (int i = 0; i < SERIES; i++) {
      double[] probabilities =
          IntStream.range(0, 3)
              .mapToDouble(arm -> Paired.of(series(BLOCKS, 0)).probability())
              .toArray();
      double[] adjusted = Paired.holm(probabilities);
      alarms += IntStream.range(0, 3).anyMatch(arm -> adjusted[arm] <= Paired.ALPHA) ? 1 : 0;
    }
    assertTrue(alarms <= 20, alarms + " of " + SERIES);
  }

  @Test
  void power_growsWithTheEffectAndFindsAFifth() {
    int series = 200;
    int[] found =
        IntStream.of(0, 5, 10, 15, 20)
            .map(percent -> found(series, BLOCKS, Math.log1p(percent / 100.0)))
            .toArray();
    for (int i = 1; i < found.length; i++) {
      assertTrue(found[i] >= found[i - 1], "power falls at step " + i);
    }
    assertTrue(found[1] < series / 2, "5 % cannot be seen reliably at this spread: " + found[1]);
    assertTrue(found[4] >= 0.9 * series, "20 % found " + found[4] + " times of " + series);
  }

  @Test
  void detectable_isFoundAsOftenAsItSays() {
    int found = 0;
    int series = 300;
    for (int i = 0; i < series; i++) {
      NoiseFloor floor = NoiseFloor.ofBlocks(series(BLOCKS, 0));
      double seen = Paired.of(series(BLOCKS, 0)).detectable(1, floor);
      Paired at = Paired.of(series(BLOCKS, Math.log1p(seen)));
      found += at.verdict(at.probability(), floor) == Verdict.FASTER ? 1 : 0;
    }
    assertTrue(found > 0.8 * series && found < series, found + " of " + series);
  }

  @Test
  void detectable_shrinksWithBlocksAndIsInfiniteOfTooFew() {
    NoiseFloor none = NoiseFloor.NONE;
    assertTrue(
        Paired.of(series(48, 0)).detectable(1, none)
            < Paired.of(series(12, 0)).detectable(1, none));
    assertEquals(8, Paired.leastBlocks(1));
    assertEquals(Double.POSITIVE_INFINITY, Paired.of(series(7, 0)).detectable(1, none));
    double[] alike = IntStream.range(0, 8).mapToDouble(i -> 0.2 + i / 100.0).toArray();
    assertTrue(Paired.of(alike).probability() <= Paired.ALPHA, "eight of eight are enough");
  }

  @Test
  void verdict_insideTheFloor_isNone() {
    double[] alike = IntStream.range(0, 12).mapToDouble(i -> -0.05 - i / 1000.0).toArray();
    Paired paired = Paired.of(alike);
    assertEquals(Verdict.SLOWER, paired.verdict(paired.probability(), NoiseFloor.NONE));
    NoiseFloor high = new NoiseFloor(0.1, 0.1);
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, paired.verdict(paired.probability(), high));
  }

  @Test
  void of_blocksWithoutDifference_saysNothing() {
    Paired same = Paired.of(new double[12]);
    assertEquals(1, same.probability());
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, same.verdict(1, NoiseFloor.NONE));
    Paired single = Paired.of(new double[] {3});
    assertTrue(single.ratio().interval().contains(1), "a single block tells nothing");
  }

  @Test
  void holm_multipliesTheLeastMost() {
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06}, Paired.holm(new double[] {0.01, 0.04, 0.03}), 1e-12);
    assertArrayEquals(new double[] {1, 1}, Paired.holm(new double[] {0.9, 0.6}), 1e-12);
  }

  private int found(int series, int blocks, double logEffect) {
    int found = 0;
    for (int i = 0; i < series; i++) {
      NoiseFloor floor = NoiseFloor.ofBlocks(series(blocks, 0));
      Paired paired = Paired.of(series(blocks, logEffect));
      Verdict verdict = paired.verdict(paired.probability(), floor);
      found += verdict == Verdict.NO_DIFFERENCE_SHOWN ? 0 : 1;
    }
    return found;
  }
}
