// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.compare.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a suite concludes, on given times: nothing is measured. */
class StandingsTest {
  private static final double[] TEN = {10, 10.1, 10.2, 10.1, 10};
  private static final double[] TWENTY = {20, 20.2, 20.4, 20.2, 20};
  private static final double[] FORTY = {40, 40.4, 40.8, 40.4, 40};

  @Test
  void bestNative_isAnotherOneOnEachWorkload() {
    Standing standing =
        standing(
            Standing.BEST_NATIVE,
            given("a").add("native-glibc", 20, 20.2, 20.2, 20.4, 20).add("native-jemalloc", FORTY),
            given("b").add("native-glibc", FORTY).add("native-jemalloc", TEN));
    assertEquals(Math.sqrt(2), standing.time().ratio(), 0.01, "2 and 1");
    assertEquals(2, standing.time().workloads());
    assertEquals("b", standing.worst());
    assertEquals(1, standing.worstRatio(), 0.01);
    assertTrue(standing.time().interval().contains(Math.sqrt(2)), standing::toString);
  }

  @Test
  void rival_isComparedWhereBothRan() {
    Standing standing =
        standing(
            "jvm-malloc", given("a").add("jvm-malloc", FORTY), given("b").fail("jvm-malloc", "x"));
    assertEquals(1, standing.time().workloads());
    assertEquals(4, standing.time().ratio(), 0.01);
    assertEquals(Verdict.FASTER, standing.time().verdict());
  }

  @Test
  void loss_isALoss() {
    Standing standing =
        standing(
            "native-glibc",
            given("a").add("native-glibc", 8, 8.1, 8, 8.1, 8),
            given("b").add("native-glibc", 9, 9.1, 9, 9.1, 9));
    assertEquals(Verdict.SLOWER, standing.time().verdict());
    assertEquals("a", standing.worst());
    assertTrue(standing.time().interval().high() < 1, standing::toString);
  }

  @Test
  void differenceInsideTheNoiseFloor_isNone() {
    GivenRuns noisy =
        GivenRuns.of("a").add("hakmem", TEN).twin(12, 12.1, 12.2, 12.1, 12).add("native-glibc", 11);
    Score score = standing("native-glibc", noisy).time();
    assertTrue(score.ratio() > 1.08 && score.interval().low() > 1, score::toString);
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, score.verdict());
    assertTrue(requireNonNull(score.noiseFloorPercent()) > 18, score::toString);
  }

  @Test
  void withoutASecondSetOfRuns_noDifferenceIsShown() {
    GivenRuns alone = GivenRuns.of("a").add("hakmem", TEN).add("native-glibc", FORTY);
    Score score = standing("native-glibc", alone).time();
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, score.verdict());
    assertNull(score.noiseFloorPercent());
  }

  @Test
  void net_isLessTheLoopOfEachLanguage() {
    Standing standing =
        standing(
            "native-glibc",
            given("a")
                .add("native-glibc", 20, 20, 20, 20, 20)
                .add("jvm-null", 5.1, 5.1, 5.1, 5.1, 5.1)
                .add("native-null", 8, 8, 8, 8, 8),
            given("b").add("native-glibc", TWENTY));
    Score net = requireNonNull(standing.net());
    assertEquals(1, net.workloads(), "no loop on the other");
    assertEquals((20 - 8) / (10.1 - 5.1), net.ratio(), 1e-6);
  }

  @Test
  void net_isNotToldWhereTheLoopIsAllThereIs() {
    Standing standing =
        standing(
            "native-glibc",
            given("a").add("native-glibc", TWENTY).add("jvm-null", TEN).add("native-null", 8));
    assertNull(standing.net());
  }

  @Test
  void allocatorBound_haveAMeanOfTheirOwn() {
    GivenRuns bound = GivenRuns.ofBound("bound").add("hakmem", TEN).twin(TEN);
    Standing standing =
        standing(
            "native-glibc",
            bound.add("native-glibc", FORTY),
            given("other").add("native-glibc", TEN));
    Score score = requireNonNull(standing.allocatorBound());
    assertEquals(4, score.ratio(), 0.01);
    assertEquals(2, standing.time().ratio(), 0.01);
  }

  @Test
  void memory_isWhatTheOpponentHoldsToWhatHakmemHolds() {
    GivenRuns one =
        GivenRuns.of("a")
            .addHolding(100, "hakmem", TEN)
            .twin(TEN)
            .addHolding(400, "native-glibc", TEN)
            .addHolding(50, "native-jemalloc", TEN);
    GivenRuns untold = given("b").add("native-glibc", TEN);
    Standing.Memory glibc = standing("native-glibc", one, untold).memory();
    assertEquals(new Standing.Memory(1, 4, "a", 4), glibc);
    Standing.Memory least = standing(Standing.BEST_NATIVE, one, untold).memory();
    assertEquals(new Standing.Memory(1, 0.5, "a", 0.5), least);
  }

  @Test
  void all_areHakmemAgainstEverybodyAndArenasAmongThemselves() {
    List<Standing> all =
        new Standings(
                GivenRuns.outcomes(
                    given("a")
                        .add("hakmem-planted", TEN)
                        .add("hakmem-arena", TEN)
                        .add("jvm-null", TEN)
                        .add("jvm-arena-confined", TWENTY)
                        .add("native-null", TEN)
                        .add("native-glibc", TEN)))
            .all();
    assertEquals(
        List.of(
            "hakmem : best native of each",
            "hakmem-arena : best native of each",
            "hakmem : jvm-arena-confined",
            "hakmem : native-glibc",
            "hakmem-arena : jvm-arena-confined"),
        all.stream().map(it -> it.subject() + " : " + it.opponent()).toList());
  }

  @Test
  void plantedSubject_isFound() {
    Control control = control(given("a").add("hakmem-planted", 12, 12.1, 12.2, 12.1, 12));
    assertTrue(control.found(), control::toString);
    assertEquals(1, control.foundIn());
    assertEquals(1.2, control.score().ratio(), 0.02);
    assertEquals(List.of(), GivenRuns.example().faults());
  }

  @Test
  void plantedSubjectThatIsNoSlower_failsTheSuite() {
    GivenRuns given = given("a").add("hakmem-planted", 10, 10.2, 10.1, 10, 10.1);
    assertFalse(control(given).found());
    assertFault("was not found", GivenRuns.report(given));
  }

  @Test
  void plantedSubjectInsideTheNoise_failsTheSuite() {
    GivenRuns given =
        GivenRuns.of("a")
            .add("hakmem", 10, 14, 10, 14, 11)
            .twin(14, 10, 13, 10, 14)
            .add("hakmem-planted", 12, 16.8, 12, 16.8, 13.2);
    assertFalse(control(given).found());
    assertFault("too noisy", GivenRuns.report(given));
  }

  @Test
  void noPlantedSubject_failsTheSuite() {
    GivenRuns given = given("a").fail("hakmem-planted", "exit status 1");
    assertEquals(Optional.empty(), Control.of(GivenRuns.outcomes(given)));
    assertFault("gave no result", GivenRuns.report(given));
  }

  @Test
  void runsThatFail_failTheSuite() {
    GivenRuns given =
        given("a")
            .add("hakmem-planted", 12, 12.1, 12.2, 12.1, 12)
            .fail("native-glibc", "exit status 1");
    assertEquals(
        List.of("1 runs and 0 workloads gave no result"), GivenRuns.report(given).faults());
  }

  private static void assertFault(String part, SuiteReport report) {
    assertTrue(report.faults().getFirst().contains(part), () -> "" + report.faults());
  }

  /** hakmem at ten nanoseconds in both sets of runs. */
  private static GivenRuns given(String label) {
    return GivenRuns.of(label).add("hakmem", TEN).twin(TEN);
  }

  private static Standing standing(String opponent, GivenRuns... given) {
    return new Standings(GivenRuns.outcomes(given)).against("hakmem", opponent).orElseThrow();
  }

  private static Control control(GivenRuns given) {
    return Control.of(GivenRuns.outcomes(given)).orElseThrow();
  }
}
