// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MatchupTest {
  private static final double[] ONE = {1, 1.01, 1.02};
  private static final double[] TWO = {2, 2.02, 2.04};
  private static final double[] FIVE = {5, 5.05, 5.1};

  @Test
  void againstBest_takesTheFastestOfTheOthers() {
    assertEquals(2, against(ONE, FIVE, TWO).value(), 1e-9);
    assertEquals(2, against(ONE, TWO, FIVE).value(), 1e-9);
    assertEquals(0.4, against(FIVE, TWO).value(), 1e-9);
  }

  @Test
  void spellThatAllOfARoundShare_isNoDifference() {
    double[] times = {10, 25, 10, 25, 25};
    double[] others = {20, 50, 20, 50, 50};
    Ratio mean = Matchup.mean(List.of(against(times, others)));
    assertEquals(2, mean.value(), 1e-9);
    assertEquals(2, mean.interval().low(), 1e-9);
    assertEquals(2, mean.interval().high(), 1e-9);
  }

  @Test
  void roundThatOneOfThemLacks_doesNotCount() {
    double[] gap = {4, Double.NaN, 4};
    assertEquals(4, against(new double[] {1, 100, 1}, gap).value(), 1e-9);
    assertEquals(3, against(new double[] {1, 100, 1}, gap, new double[] {3, 3, 3}).value(), 1e-9);
    double[] otherGap = {Double.NaN, 4, Double.NaN};
    assertEquals(Optional.empty(), Matchup.againstBest(ONE, List.of(gap, otherGap)));
    assertEquals(Optional.empty(), Matchup.net(gap, ONE, otherGap, ONE));
  }

  @Test
  void mean_isGeometricWithAnInterval() {
    Ratio mean = Matchup.mean(List.of(against(ONE, TWO), against(TWO, new double[] {1, 1, 1.05})));
    assertEquals(1, mean.value(), 1e-9);
    assertTrue(mean.interval().low() < 1 && mean.interval().low() > 0.97, mean::toString);
    assertTrue(mean.interval().high() > 1 && mean.interval().high() < 1.03, mean::toString);
  }

  @Test
  void interval_knowsThatAnotherMayBeTheFastest() {
    double[] uncertain = {2, 3, 4};
    Ratio alone = Matchup.mean(List.of(against(ONE, uncertain)));
    Ratio withOther = Matchup.mean(List.of(against(ONE, uncertain, new double[] {3, 3, 3})));
    assertTrue(alone.interval().high() > 3.9, alone::toString);
    assertTrue(withOther.interval().high() < 3.1, withOther::toString);
  }

  @Test
  void net_isEmptyWhereTheDifferenceDrowns() {
    assertEquals(Optional.empty(), Matchup.net(TWO, TWO, FIVE, ONE));
    assertEquals(Optional.empty(), Matchup.net(TWO, ONE, FIVE, FIVE));
    assertEquals(
        (5.05 - 1.01) / (2.02 - 1.01),
        Matchup.net(TWO, ONE, FIVE, ONE).orElseThrow().value(),
        1e-9);
  }

  private static Matchup against(double[] times, double[]... others) {
    return Matchup.againstBest(times, List.of(others)).orElseThrow();
  }
}
