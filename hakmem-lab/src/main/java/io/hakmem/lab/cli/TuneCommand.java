// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

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
import io.hakmem.lab.ab.TimelyRuns;
import io.hakmem.lab.report.Reports;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.tune.Candidates;
import io.hakmem.lab.tune.Halving;
import io.hakmem.lab.tune.TuneState;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
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

  @Mixin private StateFile file = new StateFile();

  @Mixin private MeasureOptions.JvmFlagsOption jvm = new MeasureOptions.JvmFlagsOption();

  @Mixin private JsonOption json = new JsonOption();

  private long deadline;
  private @Nullable TimelyRuns runs;

  TuneCommand() {}

  @Override
  public Integer call() throws IOException, RunFailure {
    json.check();
    if (!(minutes > 0)) {
      throw new UsageException("--minutes must be above 0, not " + minutes);
    }
    file.check();
    deadline = System.nanoTime() + Math.round(minutes * Duration.ofMinutes(1).toNanos());
    return choice.use(this::tune);
  }

  private int tune(Workload workload) throws IOException {
    AbPlan plan = options.plan();
    TuneState state = file.read(TuneState.class, TuneState.empty(search()), TuneState::search);
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
    return confirm(workload, best.get(), plan, state);
  }

  private int confirm(Workload workload, Arm best, AbPlan plan, TuneState state)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<Workload> workloads = new ArrayList<>(List.of(workload));
    for (String other : OTHERS) {
      if (!other.equals(workload.name())) {
        workloads.add(WorkloadCatalog.parse(other, List.of()));
      }
    }
    List<AbReport> reports = state.confirmed();
    boolean better = false;
    boolean worse = false;
    for (int i = 0; i < workloads.size(); i++) {
      if (reports.size() <= i) {
        Optional<AbReport> confirmed = confirmed(workloads.get(i), best, plan, i);
        if (confirmed.isEmpty()) {
          return outOfTime();
        }
        reports.add(confirmed.get());
        keep(state);
      }
      out.println(AbText.of(reports.get(i)));
      out.flush();
      json.write("confirmation", reports);
      Judgement verdict =
          Optional.ofNullable(reports.get(i).arms().getLast().against())
              .map(AbReport.Against::verdict)
              .orElse(Judgement.NO_DIFFERENCE_SHOWN);
      better |= i == 0 && verdict == Judgement.BETTER;
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

  /** Empty if not all blocks could be run. */
  private Optional<AbReport> confirmed(Workload workload, Arm best, AbPlan plan, int index) {
    AbPlan fresh = new AbPlan(plan.blocks(), plan.millis(), plan.seed() + 1_000 + index);
    AbRuns runs = campaign(workload, fresh, soFar -> {}).run(List.of(DEFAULTS, best));
    if (!runs.failures().isEmpty() || runs.blocks().size() < plan.blocks()) {
      return Optional.empty();
    }
    return Optional.of(
        AbReports.of(
            runs,
            new AbReports.Head(
                workload,
                fresh,
                "./hakmem tune" + search(),
                Reports.environment(Environment.current(), new JvmOptions(jvm.flags(), 0)))));
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
    runs = new TimelyRuns(forked, deadline);
    return new AbCampaign(plan, runs, progress, afterBlock);
  }

  private int outOfTime() {
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "hakmem: tune is not done after "
            + minutes
            + " minutes"
            + Optional.ofNullable(runs)
                .flatMap(TimelyRuns::failure)
                .map(reason -> "; a run failed: " + reason)
                .orElse("")
            + "; "
            + file.advice());
    err.flush();
    return Main.FAILED;
  }

  private String search() {
    return options.words() + " " + choice.words();
  }

  private void keep(TuneState state) {
    try {
      file.write(state);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
