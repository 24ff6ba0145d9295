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
    assertEquals(2, Matchup.againstBest(ONE, List.of(FIVE, TWO)).value(), 1e-9);
    assertEquals(2, Matchup.againstBest(ONE, List.of(TWO, FIVE)).value(), 1e-9);
    assertEquals(0.4, Matchup.againstBest(FIVE, List.of(TWO)).value(), 1e-9);
  }

  @Test
  void mean_isGeometricWithAnInterval() {
    Matchup twice = Matchup.againstBest(ONE, List.of(TWO));
    Matchup half = Matchup.againstBest(TWO, List.of(ONE));
    Ratio mean = Matchup.mean(List.of(twice, half));
    assertEquals(1, mean.value(), 1e-9);
    assertTrue(mean.interval().low() < 1 && mean.interval().low() > 0.97, mean::toString);
    assertTrue(mean.interval().high() > 1 && mean.interval().high() < 1.03, mean::toString);
  }

  @Test
  void interval_knowsThatAnotherMayBeTheFastest() {
    double[] uncertain = {2, 3, 4};
    Ratio alone = Matchup.mean(List.of(Matchup.againstBest(ONE, List.of(uncertain))));
    Ratio withOther =
        Matchup.mean(List.of(Matchup.againstBest(ONE, List.of(uncertain, new double[] {3, 3, 3}))));
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
}
