// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.ab.AbReport.Against;
import io.hakmem.lab.ab.AbReport.ArmReport;
import io.hakmem.lab.ab.AbReport.Counter;
import io.hakmem.lab.ab.AbReport.Judgement;
import io.hakmem.lab.compare.NoiseFloor;
import io.hakmem.lab.compare.Paired;
import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.run.SubjectSamples.Resources;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.subject.HakmemCounters;
import io.hakmem.lab.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Sums the runs of a comparison up. */
public final class AbReports {
  /**
   * Of the report's head.
   *
   * @param flames files of differential flame graphs by arm
   */
  public record Head(
      Workload workload,
      AbPlan plan,
      String command,
      EnvironmentReport environment,
      Map<String, String> flames) {
    /** Without flame graphs. */
    public Head(Workload workload, AbPlan plan, String command, EnvironmentReport environment) {
      this(workload, plan, command, environment, Map.of());
    }

    /** The same with flame graphs. */
    public Head with(Map<String, String> files) {
      return new Head(workload, plan, command, environment, files);
    }
  }

  private final AbRuns runs;
  private final List<Paired> effects;
  private final double[] adjusted;
  private final NoiseFloor floor;

  private AbReports(AbRuns runs) {
    this.runs = runs;
    boolean measured = !runs.blocks().isEmpty();
    effects =
        measured
            ? IntStream.range(1, runs.arms().size())
                .mapToObj(arm -> Paired.of(runs.logRatios(arm)))
                .toList()
            : List.of();
    adjusted = Paired.holm(effects.stream().mapToDouble(Paired::probability).toArray());
    floor = measured ? NoiseFloor.ofBlocks(runs.twinLogRatios()) : NoiseFloor.NONE;
  }

  /** The report. */
  public static AbReport of(AbRuns runs, Head head) {
    return new AbReports(runs).report(head);
  }

  private AbReport report(Head head) {
    boolean measured = !runs.blocks().isEmpty();
    OptionalInt threads = head.workload.threads();
    List<ArmReport> arms = new ArrayList<>();
    for (int arm = 0; arm < runs.arms().size(); arm++) {
      arms.add(arm(arm));
    }
    return new AbReport(
        head.workload.name(),
        head.workload.arguments(),
        threads.isPresent() ? threads.getAsInt() : null,
        head.command,
        head.environment,
        runs.blocks().size(),
        head.plan.blocks(),
        head.plan.millis(),
        head.plan.seed(),
        head.plan.inProcess(),
        measured ? 100 * floor.difference() : null,
        measured ? 100 * floor.measured() : null,
        measured ? Paired.of(runs.twinLogRatios()).probability() : null,
        arms,
        head.flames,
        runs.failures());
  }

  private ArmReport arm(int arm) {
    List<Timed> timed = runs.timed(arm);
    Map<String, Counter> counters = new LinkedHashMap<>();
    AbRuns.Counted counted = runs.counted().get(arm);
    counted
        .values()
        .forEach((name, value) -> counters.put(name, new Counter(value, counted.isExact(name))));
    return new ArmReport(
        runs.arms().get(arm).label(),
        timed.size(),
        summary(timed, Timed::operationsPerSecond),
        summary(timed, Timed::nanosPerOperation),
        perOperation(timed, resources -> 1e6 * resources.cpu().userMillis()),
        perOperation(timed, resources -> 1e6 * resources.cpu().kernelMillis()),
        median(resources(timed), run -> run.resources().orElseThrow().peakRssKiB()),
        hitRate(counted.first()),
        counters,
        arm == 0 ? null : against(arm));
  }

  private Against against(int arm) {
    Judgement counters = CounterJudge.judge(runs.counted().getFirst(), runs.counted().get(arm));
    if (effects.isEmpty()) {
      return new Against(
          null,
          null,
          null,
          null,
          null,
          Verdict.NO_DIFFERENCE_SHOWN,
          counters,
          counters,
          "counters");
    }
    Paired effect = effects.get(arm - 1);
    Verdict time = effect.verdict(adjusted[arm - 1], floor);
    double detectable = effect.detectable(effects.size(), floor);
    return new Against(
        effect.ratio().value(),
        runs.blocks().size() < 2 ? null : effect.ratio().interval(), // one block tells nothing
        effect.probability(),
        adjusted[arm - 1],
        Double.isInfinite(detectable) ? null : 100 * detectable,
        time,
        counters,
        verdict(counters, time),
        decidedBy(counters, time));
  }

  private static Judgement ofTime(Verdict time) {
    return switch (time) {
      case FASTER -> Judgement.BETTER;
      case SLOWER -> Judgement.WORSE;
      case NO_DIFFERENCE_SHOWN -> Judgement.NO_DIFFERENCE_SHOWN;
    };
  }

  /**
   * What the counters say, unless the time says the opposite: that is what they are counted for.
   */
  private static Judgement verdict(Judgement counters, Verdict time) {
    Judgement byTime = ofTime(time);
    return byTime == Judgement.NO_DIFFERENCE_SHOWN ? counters : byTime;
  }

  private static String decidedBy(Judgement counters, Verdict time) {
    Judgement byTime = ofTime(time);
    if (byTime == Judgement.NO_DIFFERENCE_SHOWN) {
      return counters == Judgement.NO_DIFFERENCE_SHOWN ? "nothing" : "counters";
    }
    if (counters == byTime) {
      return "counters and time";
    }
    return counters == Judgement.NO_DIFFERENCE_SHOWN ? "time" : "time, against the counters";
  }

  private static @Nullable Double hitRate(Timed run) {
    long hits = run.counters().getOrDefault(HakmemCounters.HITS, 0L);
    long requests = hits + run.counters().getOrDefault(HakmemCounters.MISSES, 0L);
    return requests == 0 ? null : 100.0 * hits / requests;
  }

  private static List<Timed> resources(List<Timed> runs) {
    return runs.stream().filter(run -> run.resources().isPresent()).toList();
  }

  private static @Nullable Double perOperation(
      List<Timed> runs, ToDoubleFunction<Resources> nanos) {
    return median(
        resources(runs),
        run -> nanos.applyAsDouble(run.resources().orElseThrow()) / run.operations());
  }

  private static @Nullable Double median(List<Timed> runs, ToDoubleFunction<Timed> value) {
    Summary summary = summary(runs, value);
    return summary == null ? null : summary.median();
  }

  private static @Nullable Summary summary(List<Timed> runs, ToDoubleFunction<Timed> value) {
    return runs.isEmpty() ? null : Summary.of(runs.stream().mapToDouble(value).toArray());
  }
}
