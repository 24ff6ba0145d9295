// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.ab.AbReport.Against;
import io.hakmem.lab.ab.AbReport.Judgement;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.SubjectSamples.Timed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AbCampaignTest {
  private static final int BLOCKS = 12;

  @Test
  void blocks_runEveryArmTwiceInAnOrderAndItsReverse() {
    GivenArms given = new GivenArms(1, 0.02);
    Arm a = given.arm("a", 10, 5);
    AbRuns runs = GivenArms.run(given, BLOCKS, a, given.arm("b", 10, 5));
    assertEquals(BLOCKS, runs.blocks().size());
    assertEquals(BLOCKS * 6, given.log.size(), "two arms and the twin, twice each");
    List<List<String>> orders = new ArrayList<>();
    for (int block = 0; block < BLOCKS; block++) {
      List<String> order = given.log.subList(6 * block, 6 * block + 6);
      assertEquals(order.reversed(), order, "forth and back");
      assertEquals(4, order.stream().filter("a"::equals).count());
      orders.add(order);
    }
    assertNotEquals(1, orders.stream().distinct().count(), "the order is random");
  }

  @Test
  void report_findsTheBetterAndTheWorse() {
    AbReport report = GivenArms.example();
    assertNull(report.arms().get(0).against());
    assertEquals(Judgement.BETTER, verdict(report, 1));
    assertEquals(Judgement.WORSE, verdict(report, 2));
    assertEquals(Judgement.NO_DIFFERENCE_SHOWN, verdict(report, 3));
    Against level = against(report, 3);
    assertEquals(Verdict.NO_DIFFERENCE_SHOWN, level.time());
    double seen = Objects.requireNonNull(level.detectablePercent());
    assertTrue(seen > 0.5 && seen < 10, level::toString);
    assertEquals("counters and time", against(report, 1).decidedBy());
  }

  @Test
  void counters_thatAreExactDecideWhereTimeShowsNothing() {
    GivenArms given = new GivenArms(4, 0.1);
    Arm base = given.arm("a", 10, 100);
    AbReport report =
        GivenArms.report(
            GivenArms.run(given, BLOCKS, base, given.arm("b", 10, 50), given.arm("c", 20, 50)),
            BLOCKS);
    Against same = against(report, 1);
    assertEquals(Judgement.BETTER, same.verdict());
    assertEquals("counters", same.decidedBy());
    Against slower = against(report, 2);
    assertEquals(Judgement.WORSE, slower.verdict());
    assertEquals("time, against the counters", slower.decidedBy());
    assertEquals(99, Objects.requireNonNull(report.arms().getFirst().hitRatePercent()), 1e-9);
  }

  @Test
  void counters_thatVaryDecideNothing() {
    GivenArms given = new GivenArms(5, 0.02);
    AbRuns runs = GivenArms.run(given, 1, given.arm("a", 10, 5), given.arm("b", 10, 5));
    for (AbRuns.Counted counted : runs.counted()) {
      assertTrue(!counted.isExact(AbRuns.OS_CALL + "advise") && counted.isExact("refills"));
    }
    Against against = against(GivenArms.report(runs, 1), 1);
    assertEquals(Judgement.NO_DIFFERENCE_SHOWN, against.counters(), "more calls, but by chance");
  }

  @Test
  void run_ofAnArmThatCannotRun_keepsTheOthers() {
    GivenArms given = new GivenArms(6, 0.02);
    Arm base = given.arm("a", 10, 5);
    Arm slow = given.arm("b", 14, 5);
    AbCampaign.Runner failing = failing(given, "c", 0);
    AbRuns runs = GivenArms.run(failing, BLOCKS, base, new Arm("c", List.of(), List.of()), slow);
    assertEquals(List.of(base, slow), runs.arms());
    assertEquals("c", runs.failures().getFirst().arm());
    assertEquals(Judgement.WORSE, verdict(GivenArms.report(runs, BLOCKS), 1));
  }

  @Test
  void run_thatFailsLater_costsItsBlock() {
    GivenArms given = new GivenArms(7, 0.02);
    AbRuns runs =
        GivenArms.run(failing(given, "b", 9), BLOCKS, given.arm("a", 10, 5), given.arm("b", 14, 5));
    assertEquals(1, runs.failures().size());
    assertEquals(BLOCKS - 1, runs.blocks().size());
    assertEquals(Judgement.WORSE, verdict(GivenArms.report(runs, BLOCKS), 1));
  }

  @Test
  void run_withoutBaseline_endsAtOnce() {
    GivenArms given = new GivenArms(8, 0.02);
    AbRuns runs =
        GivenArms.run(failing(given, "a", 0), BLOCKS, given.arm("a", 10, 5), given.arm("b", 14, 5));
    assertTrue(runs.blocks().isEmpty() && runs.arms().isEmpty());
    assertEquals(0, given.log.size());
    assertTrue(AbText.of(GivenArms.report(runs, BLOCKS)).contains("failed: a: "));
  }

  @Test
  void text_ofFewBlocks_saysThatNothingCouldBeShown() {
    GivenArms given = new GivenArms(9, 0.02);
    AbRuns runs = GivenArms.run(given, 1, given.arm("a", 10, 5), given.arm("b", 20, 5));
    String text = AbText.of(GivenArms.report(runs, 1));
    assertTrue(text.contains("no difference shown") && text.contains("--blocks 8"), text);
  }

  @Test
  void selfCheck_findsWhatIsPlantedAndNothingElse() {
    SelfCheck.Outcome outcome = check(0.05);
    assertEquals(10, outcome.planted());
    assertEquals(10, outcome.found());
    assertEquals(20, outcome.alike());
    assertTrue(outcome.passed(), outcome::toString);
    assertTrue(!check(0.8).passed(), "of runs that vary so much nothing can be found");
  }

  private static SelfCheck.Outcome check(double spread) {
    return new SelfCheck(
            new AbPlan(BLOCKS, 0, 1), new GivenArms(10, spread), (run, runs, subject, mode) -> {})
        .run(20);
  }

  private static Against against(AbReport report, int arm) {
    return Objects.requireNonNull(report.arms().get(arm).against());
  }

  private static Judgement verdict(AbReport report, int arm) {
    return against(report, arm).verdict();
  }

  /**
   * Fails the timed runs of an arm once, after so many of all; after 0 its counted ones as well.
   */
  private static AbCampaign.Runner failing(GivenArms given, String label, int after) {
    return new AbCampaign.Runner() {
      private boolean failed;

      @Override
      public Timed timed(Arm arm) throws RunFailure {
        if (!failed && given.log.size() >= after && arm.label().equals(label)) {
          failed = true;
          throw new RunFailure("oops");
        }
        return given.timed(arm);
      }

      @Override
      public Timed counted(Arm arm) throws RunFailure {
        if (after == 0 && arm.label().equals(label)) {
          throw new RunFailure("oops");
        }
        return given.counted(arm);
      }
    };
  }
}
