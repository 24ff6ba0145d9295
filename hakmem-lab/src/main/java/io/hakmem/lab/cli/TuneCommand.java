// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.UsageException;
import io.hakmem.lab.ab.AbCampaign;
import io.hakmem.lab.ab.AbPlan;
import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.ab.AbReport.Judgement;
import io.hakmem.lab.ab.AbReports;
import io.hakmem.lab.ab.AbRuns;
import io.hakmem.lab.ab.AbText;
import io.hakmem.lab.ab.Arm;
import io.hakmem.lab.ab.ForkedRuns;
import io.hakmem.lab.report.JsonFile;
import io.hakmem.lab.report.Reports;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.tune.Candidates;
import io.hakmem.lab.tune.Halving;
import io.hakmem.lab.tune.TuneState;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hakmem tune}. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Searches the knobs for a workload, and confirms what it finds.")
final class TuneCommand implements Callable<Integer> {
  /** What a setting must not make worse: a pair in a cache, threads that hand over, mixed sizes. */
  private static final List<String> OTHERS = List.of("pair", "producer-consumer", "random-mixed");

  private static final Arm DEFAULTS = new Arm("defaults", List.of(), List.of());

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private WorkloadChoice choice = new WorkloadChoice();

  @Mixin private AbCommand.AbOptions options = new AbCommand.AbOptions();

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "30",
      description = "After which the search stops (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Keeps what is measured, and goes on from it.")
  private @Nullable Path file;

  @Mixin private MeasureOptions.JvmFlagsOption jvm = new MeasureOptions.JvmFlagsOption();

  @Mixin private JsonOption json = new JsonOption();

  private long deadline;
  private String failure = "";

  TuneCommand() {}

  @Override
  public Integer call() throws IOException, RunFailure {
    json.check();
    if (!(minutes > 0)) {
      throw new UsageException("--minutes must be above 0, not " + minutes);
    }
    if (file != null) {
      JsonOption.check("--state", file);
    }
    deadline = System.nanoTime() + Math.round(minutes * Duration.ofMinutes(1).toNanos());
    return choice.use(this::tune);
  }

  private int tune(Workload workload) throws IOException {
    AbPlan plan = options.plan();
    TuneState state = state();
    Optional<Arm> best =
        new Halving(
                DEFAULTS,
                (arms, blocks, seed, afterBlock) ->
                    campaign(
                            workload,
                            new AbPlan(blocks, plan.millis(), plan.seed() + seed),
                            afterBlock)
                        .run(arms),
                state,
                this::keep)
            .best(Candidates.all());
    if (best.isEmpty()) {
      return outOfTime();
    }
    return confirm(workload, best.get(), plan);
  }

  private int confirm(Workload workload, Arm best, AbPlan plan) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<Workload> workloads = new ArrayList<>(List.of(workload));
    for (String other : OTHERS) {
      if (!other.equals(workload.name())) {
        workloads.add(WorkloadCatalog.parse(other, List.of()));
      }
    }
    List<AbReport> reports = new ArrayList<>();
    boolean better = false;
    boolean worse = false;
    for (Workload each : workloads) {
      AbPlan fresh = new AbPlan(plan.blocks(), plan.millis(), plan.seed() + 1_000 + reports.size());
      AbRuns runs = campaign(each, fresh, soFar -> {}).run(List.of(DEFAULTS, best));
      AbReport report =
          AbReports.of(
              runs,
              new AbReports.Head(
                  each,
                  fresh,
                  "./hakmem tune" + options.words() + " " + choice.words(),
                  Reports.environment(Environment.current(), new JvmOptions(jvm.flags(), 0))));
      out.println(AbText.of(report));
      out.flush();
      reports.add(report);
      json.write("confirmation", reports);
      if (!runs.failures().isEmpty() || runs.blocks().size() < plan.blocks()) {
        return outOfTime();
      }
      Judgement verdict =
          Optional.ofNullable(report.arms().getLast().against())
              .map(AbReport.Against::verdict)
              .orElse(Judgement.NO_DIFFERENCE_SHOWN);
      better |= reports.size() == 1 && verdict == Judgement.BETTER;
      worse |= verdict == Judgement.WORSE;
    }
    out.println(
        better && !worse
            ? "export " + best.label()
            : "the defaults stand: "
                + best.label()
                + (worse ? " is worse somewhere" : " is not shown to be better"));
    out.flush();
    return Main.OK;
  }

  private AbCampaign campaign(Workload workload, AbPlan plan, Consumer<AbRuns> afterBlock) {
    ForkedRuns forked =
        new ForkedRuns(
            workload,
            new SubjectCatalog(Map.of()).select(List.of(SubjectCatalog.HAKMEM)).getFirst(),
            new JvmOptions(jvm.flags(), 0),
            plan,
            options.limit());
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr());
    return new AbCampaign(plan, untilDeadline(forked), progress, afterBlock);
  }

  private AbCampaign.Runner untilDeadline(ForkedRuns forked) {
    return new AbCampaign.Runner() {
      @Override
      public Timed timed(Arm arm) throws RunFailure {
        return timely(() -> forked.timed(arm));
      }

      @Override
      public Timed counted(Arm arm) throws RunFailure {
        return timely(() -> forked.counted(arm));
      }
    };
  }

  /** A run. */
  @FunctionalInterface
  private interface Run {
    Timed timed() throws RunFailure;
  }

  private Timed timely(Run run) throws RunFailure {
    if (System.nanoTime() - deadline > 0) {
      throw new RunFailure("out of time");
    }
    try {
      return run.timed();
    } catch (RunFailure e) {
      failure = "; a run failed: " + e.reason();
      throw e;
    }
  }

  private int outOfTime() {
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "hakmem: tune is not done after "
            + minutes
            + " minutes"
            + failure
            + "; "
            + (file == null
                ? "give it more, or --state FILE to go on from"
                : "the same command goes on from " + file));
    err.flush();
    return Main.FAILED;
  }

  private String search() {
    return options.words() + " " + choice.words();
  }

  private TuneState state() throws IOException {
    if (file == null || !Files.exists(file)) {
      return TuneState.empty(search());
    }
    TuneState state;
    try {
      state = new ObjectMapper().readValue(file.toFile(), TuneState.class);
    } catch (IOException e) {
      throw new UsageException("--state: " + file + " is no state of a search; remove it");
    }
    if (!state.search().equals(search())) {
      throw new UsageException("--state: " + file + " is of another search:" + state.search());
    }
    return state;
  }

  private void keep(TuneState state) {
    if (file != null) {
      try {
        JsonFile.write(file, state);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
