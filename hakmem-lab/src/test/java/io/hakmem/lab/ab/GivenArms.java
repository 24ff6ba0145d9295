// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.measure.CpuTime;
import io.hakmem.lab.measure.PageFaults;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.run.SubjectSamples.Resources;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/** Simulated runs: each arm has a true speed, each run its luck. */
public final class GivenArms implements AbCampaign.Runner {
  private static final long OPERATIONS = 1_000_000;

  final List<String> log = new ArrayList<>();
  private final Map<String, Double> nanos = new HashMap<>();
  private final Map<String, Long> refills = new HashMap<>();
  private final Random random;
  private final double spread;
  private long adviceOfRun;

  GivenArms(long seed, double spread) {
    random = new Random(seed);
    this.spread = spread;
  }

  /** An arm of that many nanoseconds an operation and that many refills in a pass. */
  Arm arm(String label, double nanosPerOperation, long refillsOfPass) {
    nanos.put(label, nanosPerOperation);
    refills.put(label, refillsOfPass);
    return new Arm(label, List.of(), List.of());
  }

  @Override
  public Timed timed(Arm arm) {
    log.add(arm.label());
    double burnt = arm.flags().isEmpty() ? 1 : 1.2;
    return run(
        arm,
        nanos.getOrDefault(arm.label(), 10.0) * burnt * Math.exp(spread * random.nextGaussian()));
  }

  @Override
  public Timed counted(Arm arm) {
    return run(arm, 10);
  }

  private Timed run(Arm arm, double nanosPerOperation) {
    return new Timed(
        Math.round(nanosPerOperation * OPERATIONS),
        OPERATIONS,
        OptionalLong.empty(),
        new PageFaults(0, 0),
        new TreeMap<>(Map.of("advise", adviceOfRun++)), // never the same twice
        new TreeMap<>(
            Map.of("hits", 990L, "misses", 10L, "refills", refills.getOrDefault(arm.label(), 5L))),
        Optional.of(new Resources(new CpuTime(100, 10), 50_000)));
  }

  static AbRuns run(AbCampaign.Runner runner, int blocks, Arm... arms) {
    return new AbCampaign(
            new AbPlan(blocks, 0, 1), runner, (run, runs, subject, mode) -> {}, soFar -> {})
        .run(List.of(arms));
  }

  /** The same with a differential flame graph in the folder. */
  public static AbReport withFlames(Path folder) throws IOException {
    FlameDifferences.write(
        folder.resolve("difference-1.html"),
        "a.B.run_[j];io.hakmem.Hakmem.free_[i] 10",
        "a.B.run_[j];io.hakmem.Hakmem.free_[i] 30",
        "KEY=2");
    return report(exampleRuns(), 12, Map.of("KEY=2", "difference-1.html"));
  }

  static AbReport report(AbRuns runs, int blocks) {
    return report(runs, blocks, Map.of());
  }

  private static AbReport report(AbRuns runs, int blocks, Map<String, String> flames) {
    return AbReports.of(
        runs,
        new AbReports.Head(
            WorkloadCatalog.parse("pair", List.of()),
            new AbPlan(blocks, 0, 1),
            "./hakmem ab --given",
            new EnvironmentReport(
                "a processor", 2, "a kernel", "a JDK", List.of(), null, null, null),
            flames));
  }

  /** One arm better, one worse, one level, one that cannot run. */
  public static AbReport example() {
    return report(exampleRuns(), 12);
  }

  private static AbRuns exampleRuns() {
    GivenArms given = new GivenArms(3, 0.02);
    Arm base = given.arm("KEY=1 </script><b>", 10, 50);
    Arm better = given.arm("KEY=2", 8, 40);
    Arm worse = given.arm("KEY=3", 13, 60);
    Arm level = given.arm("KEY=4", 10, 50);
    return run(given, 12, base, better, worse, level);
  }
}
