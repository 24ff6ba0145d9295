// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.ab.AbCampaign;
import io.hakmem.lab.ab.AbPage;
import io.hakmem.lab.ab.AbPlan;
import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.ab.AbReports;
import io.hakmem.lab.ab.AbRuns;
import io.hakmem.lab.ab.Arm;
import io.hakmem.lab.ab.Arms;
import io.hakmem.lab.ab.ForkedRuns;
import io.hakmem.lab.ab.TimelyRuns;
import io.hakmem.lab.profile.ProfilePage;
import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.UncheckedClasses;
import io.hakmem.lab.seed.SeedPlan;
import io.hakmem.lab.seed.SeedPlan.Experiment;
import io.hakmem.lab.seed.SeedPlan.Profile;
import io.hakmem.lab.seed.SeedResults;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the steps that are not done; one that fails does not lose the others. */
final class SeedRun {
  /** Keeps what there is, after each step. */
  interface Keeper {
    void keep(SeedResults results) throws IOException;
  }

  /** Makes profiles. */
  interface Profiler {
    ProfileReport of(Workload workload, String words, String command, Path folder)
        throws RunFailure, IOException;
  }

  /**
   * How much is run.
   *
   * @param blocks of each comparison; empty for as many as its arms need
   * @param millis of untimed passes of a run, and of timed ones
   * @param deadline as told by {@link System#nanoTime}, after which no run begins
   * @param html where pages in HTML go
   */
  record Extent(Optional<Integer> blocks, int millis, long deadline, Optional<Path> html) {
    boolean isOver() {
      return System.nanoTime() - deadline > 0;
    }
  }

  private static final String OUT_OF_TIME = "out of time";
  private static final long SEED = 42;
  private static final Duration RUN_LIMIT = Duration.ofMinutes(5);
  private static final Arm ALL_CHECKS = new Arm("all checks", List.of(), List.of());

  private final SeedPlan plan;
  private final Extent extent;
  private final Profiler profiler;
  private final EnvironmentReport environment;
  private final ProgressLine progress;

  SeedRun(
      SeedPlan plan,
      Extent extent,
      Profiler profiler,
      EnvironmentReport environment,
      ProgressLine progress) {
    this.plan = plan;
    this.extent = extent;
    this.profiler = profiler;
    this.environment = environment;
    this.progress = progress;
  }

  /** Runs what the results lack, and adds it to them. */
  void run(SeedResults results, Keeper keeper) throws IOException {
    int steps = plan.profiles().size() + plan.experiments().size();
    int step = 0;
    for (Profile profile : plan.profiles()) {
      progress.begin("step " + ++step + " of " + steps + ", " + profile.key());
      if (!results.profiles().containsKey(profile.key())) {
        profile(profile, results);
        keeper.keep(results);
      }
    }
    for (Experiment experiment : plan.experiments()) {
      progress.begin("step " + ++step + " of " + steps + ", " + experiment.key());
      if (!results.isComplete(experiment.key())) {
        compare(experiment, results);
        keeper.keep(results);
      }
    }
    progress.clear();
  }

  private void profile(Profile profile, SeedResults results) throws IOException {
    if (extent.isOver()) {
      results.failures().put(profile.key(), OUT_OF_TIME);
      return;
    }
    progress.next(1, 1, profile.words(), "profile");
    boolean kept = extent.html().isPresent();
    Path folder =
        kept
            ? Files.createDirectories(extent.html().orElseThrow().resolve(profile.key()))
            : Files.createTempDirectory("hakmem-profile");
    try {
      ProfileReport report =
          profiler.of(
              workload(profile.workload()),
              profile.words(),
              "./hakmem profile " + profile.words(),
              folder);
      results.profiles().put(profile.key(), report);
      results.failures().remove(profile.key());
      if (kept) {
        ProfilePage.write(folder.resolve("index.html"), report);
      }
    } catch (RunFailure e) {
      results.failures().put(profile.key(), e.reason());
    } finally {
      if (!kept) {
        Files.deleteIfExists(folder.resolve(ProfileRun.FLAME));
        Files.deleteIfExists(folder.resolve(ProfileRun.OUT_OF_LINE));
        Files.delete(folder);
      }
    }
  }

  private void compare(Experiment experiment, SeedResults results) throws IOException {
    if (extent.isOver()) {
      results.failures().put(experiment.key(), OUT_OF_TIME);
      return;
    }
    List<Arm> arms = arms(experiment);
    AbPlan blocks =
        new AbPlan(extent.blocks().orElse(Experiment.blocks(arms.size())), extent.millis(), SEED);
    Workload workload = workload(experiment.workload());
    AbRuns runs = new AbCampaign(blocks, runner(workload, blocks), progress, soFar -> {}).run(arms);
    if (runs.failures().isEmpty()) {
      results.failures().remove(experiment.key());
    } else {
      results.failures().put(experiment.key(), runs.failures().getLast().error());
    }
    if (runs.arms().isEmpty()) {
      return;
    }
    AbReport report =
        AbReports.of(
            new AbRuns(runs.arms(), runs.counted(), runs.blocks(), List.of()),
            new AbReports.Head(workload, blocks, command(experiment, blocks), environment));
    results.comparisons().put(experiment.key(), report);
    if (extent.html().isPresent()) {
      Path folder = extent.html().get().resolve(experiment.key());
      Files.createDirectories(folder);
      AbPage.write(folder.resolve("index.html"), report);
    }
  }

  private AbCampaign.Runner runner(Workload workload, AbPlan blocks) {
    ForkedRuns forked =
        new ForkedRuns(
            workload,
            new SubjectCatalog(Map.of()).select(List.of(SubjectCatalog.HAKMEM)).getFirst(),
            JvmOptions.NONE,
            blocks,
            RUN_LIMIT);
    return new TimelyRuns(forked, extent.deadline());
  }

  private static List<Arm> arms(Experiment experiment) throws IOException {
    if (!experiment.sets().isEmpty()) {
      return Arms.of(experiment.sets(), List.of());
    }
    return List.of(ALL_CHECKS, new Arm("no check", List.of(), List.of(UncheckedClasses.write())));
  }

  private static String command(Experiment experiment, AbPlan blocks) {
    if (experiment.sets().isEmpty()) {
      return "./hakmem bench --subjects hakmem,hakmem-unchecked " + experiment.words();
    }
    StringBuilder command = new StringBuilder("./hakmem ab");
    experiment.sets().forEach(set -> command.append(" --set ").append(set));
    return command
        .append(" --blocks " + blocks.blocks() + " --millis " + blocks.millis() + " ")
        .append(experiment.words())
        .toString();
  }

  private static Workload workload(List<String> words) {
    return WorkloadCatalog.parse(words.getFirst(), words.subList(1, words.size()));
  }
}
