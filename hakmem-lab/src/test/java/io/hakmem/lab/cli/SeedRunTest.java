// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.profile.GivenProfile;
import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.report.Reports;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.seed.SeedPlan;
import io.hakmem.lab.seed.SeedPlan.Experiment;
import io.hakmem.lab.seed.SeedPlan.Profile;
import io.hakmem.lab.seed.SeedPlan.Step;
import io.hakmem.lab.seed.SeedResults;
import io.hakmem.lab.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps from end to end with runs that are too short to say anything. */
class SeedRunTest {
  private static final List<String> PAIR = List.of("pair", "50000");
  private static final SeedPlan PLAN =
      new SeedPlan(
          List.of(new Profile("profile", PAIR), new Profile("failing", List.of("random-mixed"))),
          List.of(
              new Experiment(
                  "drain",
                  Step.DRAIN_INTERVAL,
                  PAIR,
                  List.of("HAKMEM_TINY_SLL_DRAIN_INTERVAL=1024,512")),
              new Experiment("checks", Step.CLASSIFICATION, PAIR, List.of())));

  private static final long AN_HOUR = 3_600_000_000_000L;

  private final List<String> profiled = new ArrayList<>();
  private int kept;

  @TempDir Path folder;

  @Test
  void run_doesWhatIsMissingAndKeepsTheRestWhenOneFails() throws Exception {
    SeedResults results = SeedResults.empty("all");
    run(results, System.nanoTime() + AN_HOUR, Optional.of(folder));
    assertEquals(List.of("profile"), List.copyOf(results.profiles().keySet()));
    assertEquals(List.of("drain", "checks"), List.copyOf(results.comparisons().keySet()));
    assertEquals("{failing=no sample}", results.failures().toString());
    assertEquals(4, kept);
    AbReport checks = Objects.requireNonNull(results.comparisons().get("checks"));
    assertEquals(List.of("all checks", "no check"), labels(checks));
    AbReport drain = Objects.requireNonNull(results.comparisons().get("drain"));
    assertEquals(1, drain.blocks());
    assertEquals("HAKMEM_TINY_SLL_DRAIN_INTERVAL=512", labels(drain).getLast());
    for (String key : List.of("profile", "drain", "checks")) {
      assertTrue(Files.size(folder.resolve(key).resolve("index.html")) > 1_000, key);
    }
    run(results, System.nanoTime() + AN_HOUR, Optional.empty());
    assertEquals(List.of("profile", "failing", "failing"), profiled, "only what failed");
    assertFalse(results.isComplete(PLAN));
  }

  @Test
  void run_outOfTime_beginsNothing() throws Exception {
    SeedResults results = SeedResults.empty("all");
    run(results, System.nanoTime() - 1, Optional.empty());
    assertEquals(List.of(), profiled);
    assertEquals(0, results.comparisons().size());
    assertEquals(
        "{profile=out of time, failing=out of time, drain=out of time, checks=out of time}",
        results.failures().toString());
  }

  private static List<String> labels(AbReport report) {
    return report.arms().stream().map(AbReport.ArmReport::arm).toList();
  }

  private void run(SeedResults results, long deadline, Optional<Path> html) throws IOException {
    new SeedRun(
            PLAN,
            new SeedRun.Extent(Optional.of(1), 0, deadline, html),
            this::profile,
            Reports.environment(Environment.current(), JvmOptions.NONE),
            new ProgressLine(new PrintWriter(new StringWriter())))
        .run(results, soFar -> kept++);
  }

  /** Stands in for a minute of sampling. */
  ProfileReport profile(Workload workload, String words, String command, Path flames)
      throws RunFailure {
    profiled.add(words.equals("random-mixed") ? "failing" : "profile");
    if (words.equals("random-mixed")) {
      throw new RunFailure("no sample");
    }
    return GivenProfile.example();
  }
}
