// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.compare.NoiseFloor.Twins;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.junit.jupiter.api.Test;

class CompareTest {
  private static final double[] TIMES = {10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7};
  private static final NoiseFloor TWO_PERCENT = new NoiseFloor(0.02, 0.02);

  @Test
  void summary_ofOddAndEvenCounts() {
    assertEquals(new Summary(2, 1, 9), Summary.of(new double[] {9, 1, 2}));
    assertEquals(new Summary(3, 1, 9), Summary.of(new double[] {9, 1, 2, 4}));
    assertEquals(new Summary(5, 5, 5), Summary.of(new double[] {5}));
    assertThrows(IllegalArgumentException.class, () -> Summary.of(new double[0]));
  }

  @Test
  void interval_ofMedian_holdsTheTrueMedianAboutAsOftenAsItSays() {
    Random random = new Random(1);
    int held = 0;
    for (int i = 0; i < 300; i++) {
      double[] runs = random.doubles(10, 0, 2).toArray();
      held += Bootstrap.ofMedian(runs).contains(1) ? 1 : 0;
    }
    assertTrue(held > 0.90 * 300 && held < 300, "held the median " + held + " times of 300");
  }

  @Test
  void interval_ofTheSameRuns_isTheSame() {
    assertEquals(Bootstrap.ofMedian(TIMES), Bootstrap.ofMedian(TIMES));
    assertEquals(new Interval(5, 5), Bootstrap.ofMedian(new double[] {5}));
  }

  @Test
  void ratio_isHowManyTimesAsFast() {
    assertEquals(2, Ratio.of(TIMES, scaled(2)).orElseThrow().value(), 1e-9);
    Ratio ratio = Ratio.of(TIMES, shifted(scaled(2), 4)).orElseThrow();
    assertEquals(2, ratio.value(), 1e-9);
    assertTrue(ratio.interval().contains(2) && !ratio.interval().contains(1), ratio::toString);
    assertTrue(ratio.interval().low() > 1.8 && ratio.interval().high() < 2.2, ratio::toString);
  }

  @Test
  void ratio_isThatOfTheRounds() {
    double[] times = {10, 25, 10, 25, 25};
    Ratio ratio = Ratio.of(times, new double[] {20, 50, 20, 50, 20}).orElseThrow();
    assertEquals(2, ratio.value(), 1e-9);
    double[] gaps = {Double.NaN, 75, 30};
    assertEquals(3, Ratio.of(times, gaps).orElseThrow().value(), 1e-9);
    assertEquals(Optional.empty(), Ratio.of(new double[] {1, Double.NaN, Double.NaN}, gaps));
  }

  @Test
  void verdict_outsideTheFloorAndSignificant_isADifference() {
    assertEquals(Verdict.FASTER, Verdict.of(scaled(0.9), TIMES, TWO_PERCENT));
    assertEquals(Verdict.SLOWER, Verdict.of(scaled(1.1), TIMES, TWO_PERCENT));
  }

  @Test
  void verdict_insideTheFloor_isNone() {
    NoiseFloor high = new NoiseFloor(0.2, 0.2);
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(scaled(0.9), TIMES, high));
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(scaled(1.1), TIMES, high));
  }

  @Test
  void verdict_ofMixedRuns_isNone() {
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(scaled(1.005), TIMES, NoiseFloor.NONE));
  }

  @Test
  void verdict_whenTheIntervalOfTheMediansHoldsOne_isNone() {
    // A program with two speeds: more of one speed than of the other tells little of its median.
    double[] times = {1, 2, 3, 4, 5, 6, 7, 54.5, 55.5, 56.5, 57.5, 58.5};
    double[] others = {55, 56, 57, 58, 59, 60, 61, 50, 51, 52, 53, 54};
    double p = MannWhitneyUTest.withDefaults().test(times, others).getPValue();
    assertTrue(p < Verdict.SIGNIFICANCE, "ranks alone would call it a difference: p = " + p);
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(times, others, NoiseFloor.NONE));
  }

  @Test
  void verdict_ofTooFewRuns_isNone() {
    for (int runs = 1; runs < Verdict.LEAST_RUNS; runs++) {
      double[] few = Arrays.copyOf(TIMES, runs);
      double[] slow = Arrays.copyOf(scaled(2), runs);
      assertEquals(Verdict.NO_DIFFERENCE_SHOWN, Verdict.of(slow, few, TWO_PERCENT));
    }
    double[] enough = Arrays.copyOf(TIMES, Verdict.LEAST_RUNS);
    double[] slow = Arrays.copyOf(scaled(2), Verdict.LEAST_RUNS);
    assertEquals(Verdict.SLOWER, Verdict.of(slow, enough, TWO_PERCENT));
  }

  @Test
  void noiseFloor_isAtLeastWhatTheTwoSetsDifferBy() {
    assertEquals(0.25, floor(scaled(1.25), TIMES).measured(), 1e-9);
    assertEquals(0.25, floor(TIMES, scaled(1.25)).measured(), 1e-9);
    assertTrue(floor(TIMES, scaled(1.25)).difference() > 0.2499);
    assertEquals(new NoiseFloor(0, 0), floor(new double[] {5, 5, 5}, new double[] {5, 5, 5}));
    assertEquals(Optional.empty(), NoiseFloor.of(TIMES, new double[0]));
  }

  @Test
  void noiseFloor_isNotThatOfTheOneRunThatWentAstray() {
    NoiseFloor floor =
        floor(new double[] {10, 10.1, 30, 10, 10.1}, new double[] {10, 10, 10, 10.1, 10});
    assertTrue(floor.difference() > 0.005 && floor.difference() < 0.1, floor::toString);
  }

  @Test
  void noiseFloor_isNotRaisedByASpellThatBothShare() {
    double[] spells = {10, 25, 10, 25, 25};
    assertEquals(0, floor(spells, spells).difference(), 1e-9);
    assertTrue(floor(spells, new double[] {25, 10, 10, 25, 25}).difference() > 1);
  }

  @Test
  void noiseFloor_ofSetsThatAgreeByLuck_isStillWhatTheirRunsSpread() {
    assertEquals(0, floor(TIMES, TIMES).measured());
    NoiseFloor floor = floor(shifted(TIMES, 4), TIMES);
    assertEquals(0, floor.measured(), 1e-9);
    assertTrue(floor.difference() > 0.01 && floor.difference() < 0.07, floor::toString);
  }

  @Test
  void noiseFloor_coversDifferencesOfSetsOfTheSameProgram() {
    Random random = new Random(2);
    int covered = 0;
    for (int i = 0; i < 200; i++) {
      NoiseFloor floor = floor(runs(random), runs(random));
      double ratio = Ratio.of(runs(random), runs(random)).orElseThrow().value();
      covered += floor.covers(ratio) ? 1 : 0;
    }
    assertTrue(covered > 0.88 * 200, "covered " + covered + " of 200");
  }

  private static double[] runs(Random random) {
    return random.doubles(5, 10, 11).toArray();
  }

  @Test
  void noiseFloor_ofAMean_isLowerThanThatOfOneWorkload() {
    Twins twins = Twins.of(shifted(TIMES, 4), TIMES).orElseThrow();
    double one = NoiseFloor.ofMean(List.of(twins)).difference();
    double ten = NoiseFloor.ofMean(Collections.nCopies(10, twins)).difference();
    assertTrue(ten < one / 2 && ten > one / 5, one + " " + ten);
    assertFalse(new NoiseFloor(ten, 0).covers(1 + one));
  }

  private static NoiseFloor floor(double[] times, double[] twinTimes) {
    return NoiseFloor.of(times, twinTimes).orElseThrow();
  }

  /** The same runs, in the rounds that many later; the last ones in the first. */
  private static double[] shifted(double[] times, int rounds) {
    double[] shifted = new double[times.length];
    for (int i = 0; i < times.length; i++) {
      shifted[(i + rounds) % times.length] = times[i];
    }
    return shifted;
  }

  private static double[] scaled(double factor) {
    return Arrays.stream(TIMES).map(time -> time * factor).toArray();
  }
}
