// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.HakmemConfig;
import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.ab.AbReport.Against;
import io.hakmem.lab.ab.AbReport.ArmReport;
import io.hakmem.lab.ab.AbReport.Counter;
import io.hakmem.lab.ab.AbReport.Judgement;
import io.hakmem.lab.ab.Arms;
import io.hakmem.lab.ab.GivenArms;
import io.hakmem.lab.compare.Interval;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.profile.GivenProfile;
import io.hakmem.lab.report.JsonFile;
import io.hakmem.lab.seed.SeedPlan.Experiment;
import io.hakmem.lab.seed.SeedPlan.Step;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SeedReportsTest {
  private static final SeedPlan PLAN = SeedPlan.full();

  @Test
  void plan_beginsWithTheSeedsWorkloadAndComparesWithDefaults() {
    assertEquals("random-mixed 500000 256 42", PLAN.profiles().getFirst().words());
    for (Experiment experiment : PLAN.experiments()) {
      WorkloadCatalog.parse(
          experiment.workload().getFirst(),
          experiment.workload().subList(1, experiment.workload().size()));
      for (String set : experiment.sets()) {
        String key = set.substring(0, set.indexOf('='));
        HakmemConfig.Knob knob =
            HakmemConfig.knobs().stream()
                .filter(it -> it.environment().equals(key))
                .findFirst()
                .orElseThrow();
        assertEquals(
            "" + HakmemConfig.DEFAULT.value(knob),
            set.split("[=,]", -1)[1],
            "the baseline of " + set);
        assertTrue(Arms.of(List.of(set), List.of()).size() > 1, set);
      }
    }
    List<String> drains = PLAN.of(Step.DRAIN_INTERVAL).stream().map(Experiment::words).toList();
    assertTrue(drains.contains("random-mixed 500000 128 42"), drains::toString);
    assertTrue(drains.contains("random-mixed 500000 256 42"), drains::toString);
    assertEquals(9, Experiment.blocks(2), "eight show a difference if all say so");
  }

  @Test
  void defaults_changeForWhatWinsSomewhereAndLosesNowhere() {
    AbReport faster = comparison("a", Verdict.FASTER, 1000, 0);
    AbReport slower = comparison("b", Verdict.SLOWER, 1000, 0);
    AbReport level = comparison("c", Verdict.NO_DIFFERENCE_SHOWN, 1000, 0);
    assertTrue(conclusion(faster, level).startsWith("to be set: KEY=2: KEY=2 is faster on a"));
    assertTrue(conclusion(faster, slower).startsWith("the defaults stand: KEY=2 is faster on a"));
    assertTrue(conclusion(level).startsWith("the defaults stand: no setting is shown"));
    assertTrue(
        conclusion(faster, comparison("d", Verdict.NO_DIFFERENCE_SHOWN, 1051, 0))
            .startsWith("the defaults stand"),
        "memory");
    assertTrue(
        conclusion(faster, comparison("d", Verdict.NO_DIFFERENCE_SHOWN, 1000, 1))
            .startsWith("the defaults stand"),
        "calls");
    assertTrue(
        Defaults.of("a step", List.of(faster), false).conclusion().contains("not all blocks"));
    assertTrue(Defaults.of("a step", List.of(), true).conclusion().startsWith("nothing"));
  }

  private static String conclusion(AbReport... comparisons) {
    return Defaults.of("a step", List.of(comparisons), true).conclusion();
  }

  private static AbReport comparison(String workload, Verdict time, double rssKiB, long calls) {
    AbReport example = GivenArms.example();
    Against against =
        new Against(
            1.0,
            new Interval(0.9, 1.1),
            0.5,
            0.5,
            5.0,
            time,
            Judgement.NO_DIFFERENCE_SHOWN,
            Judgement.NO_DIFFERENCE_SHOWN,
            "nothing");
    return new AbReport(
        workload,
        List.of(),
        null,
        "./hakmem ab",
        example.environment(),
        12,
        12,
        0,
        42,
        false,
        1.0,
        1.0,
        0.5,
        List.of(arm("KEY=1", 1000, 0, null), arm("KEY=2", rssKiB, calls, against)),
        Map.of(),
        List.of());
  }

  private static ArmReport arm(String label, double rssKiB, long calls, @Nullable Against against) {
    return new ArmReport(
        label,
        24,
        null,
        null,
        null,
        null,
        rssKiB,
        99.0,
        Map.of("OS calls: advise", new Counter(calls, true)),
        against);
  }

  @Test
  void pages_showWhatThereIsAndSayWhatIsNot() throws Exception {
    SeedResults results = SeedResults.empty("all");
    results.profiles().put("random-mixed", GivenProfile.example());
    results.comparisons().put("drain-256", GivenArms.example());
    results.failures().put("long-run", "out of time");
    SeedReport report = SeedReports.of(PLAN, results, "./hakmem seed-report", "a day");
    Map<String, String> pages = SeedPages.of(PLAN, results, report);
    assertEquals(6, pages.size(), () -> pages.keySet().toString());
    String overview = pages.getOrDefault("README", "");
    for (String part :
        List.of(
            "| kernel | 86.17 % | 10.00 % | – |",
            "| free / alloc | 1.36 | 1.50; – | – |",
            "not met",
            "[Step 1: profile of random-mixed 500000 256 42](step-1-random-mixed.md)",
            "profile of random-mixed 20000000 256 42: out of time",
            "./hakmem seed-report",
            "a processor")) {
      assertTrue(overview.contains(part), part + " in " + overview);
    }
    assertFalse(overview.contains("step-1-long-run.md"), "a link to nowhere");
    String drain = pages.getOrDefault("step-2-drain-interval", "");
    assertTrue(drain.contains("KEY=2 against KEY=1"), drain);
    assertTrue(drain.contains("## random-mixed 500000 128 42\n\nNot measured: not run."), drain);
    assertFalse(pages.toString().contains("null"), pages::toString);
    assertFalse(pages.getOrDefault("step-1-random-mixed", "").contains("flame"), "not there");
    assertFalse(results.isComplete(PLAN));
    String kept = JsonFile.text(results);
    assertEquals(kept, JsonFile.text(new ObjectMapper().readValue(kept, SeedResults.class)));
  }

  @Test
  void bars_areMetOnlyByBothProfiles() {
    SeedResults results = SeedResults.empty("all");
    results.profiles().put("random-mixed", GivenProfile.example());
    List<List<String>> bars = new SideBySide(PLAN, results).bars();
    assertEquals("10.00 %: not met", bars.get(1).get(2), "the kernel");
    assertEquals("40.00 %; –: not met", bars.get(2).get(2), "classification");
    assertEquals("2: not met", bars.get(3).get(2), "calls");
    assertEquals("–", bars.get(3).get(3), "not measured");
  }
}
