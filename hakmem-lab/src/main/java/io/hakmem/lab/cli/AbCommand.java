// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.ab.AbCampaign;
import io.hakmem.lab.ab.AbPage;
import io.hakmem.lab.ab.AbPlan;
import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.ab.AbReports;
import io.hakmem.lab.ab.AbRuns;
import io.hakmem.lab.ab.AbText;
import io.hakmem.lab.ab.Arm;
import io.hakmem.lab.ab.Arms;
import io.hakmem.lab.ab.FlameDifferences;
import io.hakmem.lab.ab.ForkedRuns;
import io.hakmem.lab.ab.InProcessRuns;
import io.hakmem.lab.ab.SelfCheck;
import io.hakmem.lab.report.Reports;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.Profiling;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.workload.RandomMixed;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hakmem ab}. */
@Command(
    name = "ab",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Compares settings or builds of hakmem, which take turns.")
final class AbCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private WorkloadChoice choice = new WorkloadChoice();

  @Option(
      names = "--set",
      paramLabel = "KEY=A,B[,C]",
      description = "Values of a knob, the baseline first; repeated: combinations.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--jar",
      paramLabel = "A.jar,B.jar",
      split = ",",
      description = "Builds of hakmem-core.")
  private List<String> jars = new ArrayList<>();

  @Option(names = "--in-process", description = "All arms in one JVM: for small effects.")
  private boolean inProcess;

  @Option(names = "--self-check", description = "Whether a planted slowdown of a fifth is found.")
  private boolean selfCheck;

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "20", hidden = true)
  private int rounds;

  @Mixin private AbOptions options = new AbOptions();

  @Mixin private MeasureOptions.JvmFlagsOption jvm = new MeasureOptions.JvmFlagsOption();

  @Mixin private JsonOption json = new JsonOption();

  @Mixin private HtmlOption html = new HtmlOption();

  AbCommand() {}

  @Override
  public Integer call() throws IOException, RunFailure {
    json.check();
    if (selfCheck) {
      return choice.isGiven()
          ? choice.use(this::check)
          : check(WorkloadCatalog.parse(RandomMixed.NAME, List.of()));
    }
    List<Arm> arms = Arms.of(sets, jars);
    html.check();
    return choice.use(workload -> compare(workload, arms));
  }

  private int compare(Workload workload, List<Arm> arms) throws IOException {
    AbPlan plan = options.plan(inProcess);
    AbReports.Head head =
        new AbReports.Head(
            workload,
            plan,
            command(),
            Reports.environment(Environment.current(), new JvmOptions(jvm.flags(), 0)));
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr());
    AbRuns runs = runs(workload, plan, progress, head, arms);
    progress.clear();
    AbReport report = AbReports.of(runs, head.with(flames(workload, plan, runs)));
    PrintWriter out = spec.commandLine().getOut();
    out.print(AbText.of(report));
    out.flush();
    json.write(report);
    html.write(file -> AbPage.write(file, report));
    return runs.failures().isEmpty() ? Main.OK : Main.FAILED;
  }

  private AbRuns runs(
      Workload workload, AbPlan plan, ProgressLine progress, AbReports.Head head, List<Arm> arms) {
    ForkedRuns forked = runner(workload, plan);
    Consumer<AbRuns> keep = soFar -> keep(soFar, head);
    if (!inProcess) {
      return new AbCampaign(plan, forked, progress, keep).run(arms);
    }
    JvmOptions flags = new JvmOptions(jvm.flags(), 0);
    try (InProcessRuns together =
        new InProcessRuns(forked, workload, flags, plan, options.limit())) {
      return new AbCampaign(plan, together, progress, keep).run(arms);
    }
  }

  /** As many samples as milliseconds: about as long as a run. */
  private Map<String, String> flames(Workload workload, AbPlan plan, AbRuns runs)
      throws IOException {
    if (html.folder().isEmpty()) {
      return Map.of();
    }
    PrintWriter err = spec.commandLine().getErr();
    return FlameDifferences.write(
        html.folder().get(),
        runs.arms(),
        (arm, file) ->
            new Profiling(
                    new JvmOptions(jvm.flags(), 0).with(arm.flags(), arm.classes()),
                    plan.millis(),
                    Math.max(1, plan.millis()),
                    options.limit())
                .of(workload, file, List.of())
                .collapsed(),
        problem -> {
          err.println("hakmem: " + problem);
          err.flush();
        });
  }

  private ForkedRuns runner(Workload workload, AbPlan plan) {
    return new ForkedRuns(
        workload,
        new SubjectCatalog(Map.of()).select(List.of(SubjectCatalog.HAKMEM)).getFirst(),
        new JvmOptions(jvm.flags(), 0),
        plan,
        options.limit());
  }

  /** What there is after each block is there if the rest never comes. */
  private void keep(AbRuns soFar, AbReports.Head head) {
    if (json.isGiven()) {
      try {
        json.write(AbReports.of(soFar, head));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private int check(Workload workload) throws IOException {
    if (rounds < 1) {
      throw new UsageException("--rounds must be at least 1, not " + rounds);
    }
    AbPlan plan = options.plan();
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr());
    SelfCheck.Outcome outcome = new SelfCheck(plan, runner(workload, plan), progress).run(rounds);
    progress.clear();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "a slowdown of %d %% found %d times of %d; alarms without a difference %d of %d; %d blocks"
            + " each%n",
        SubjectCatalog.PLANTED_PERCENT,
        outcome.found(),
        outcome.planted(),
        outcome.alarms(),
        outcome.alike(),
        plan.blocks());
    outcome.failures().forEach(it -> out.println("failed: " + it.arm() + ": " + it.error()));
    out.println(outcome.passed() ? "passed" : "NOT passed");
    out.flush();
    json.write(outcome);
    return outcome.passed() ? Main.OK : Main.FAILED;
  }

  /** What repeats it; files that it writes are nobody's business. */
  private String command() {
    StringBuilder words = new StringBuilder("./hakmem ab");
    sets.forEach(set -> words.append(" --set ").append(set));
    if (!jars.isEmpty()) {
      words.append(" --jar ").append(String.join(",", jars));
    }
    words.append(inProcess ? " --in-process" : "").append(options.words());
    if (!jvm.flags().isEmpty()) {
      words.append(" --jvm '").append(String.join(" ", jvm.flags())).append('\'');
    }
    return words.append(' ').append(choice.words()).toString();
  }

  /** How much is run, also of the command that searches. */
  static final class AbOptions {
    @Option(
        names = "--blocks",
        paramLabel = "N",
        defaultValue = "" + AbPlan.BLOCKS,
        description = "In each, every arm runs twice (default: ${DEFAULT-VALUE}).")
    private int blocks;

    @Option(
        names = "--millis",
        paramLabel = "MS",
        defaultValue = "1000",
        description = "Of untimed passes, and of timed ones, of a run (default: ${DEFAULT-VALUE}).")
    private int millis;

    @Option(
        names = "--seed",
        paramLabel = "S",
        defaultValue = "42",
        description = "Of the order (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
        names = "--limit",
        paramLabel = "SECONDS",
        defaultValue = "300",
        description = "After which a run is ended (default: ${DEFAULT-VALUE}).")
    private int seconds;

    AbOptions() {}

    AbPlan plan() {
      return plan(false);
    }

    AbPlan plan(boolean inProcess) {
      if (blocks < 1 || millis < 0) {
        throw new UsageException("--blocks must be at least 1, --millis at least 0");
      }
      return new AbPlan(blocks, millis, seed, inProcess);
    }

    Duration limit() {
      if (seconds < 1) {
        throw new UsageException("--limit must be at least 1, not " + seconds);
      }
      return Duration.ofSeconds(seconds);
    }

    String words() {
      return " --blocks " + blocks + " --millis " + millis + " --seed " + seed;
    }
  }
}
