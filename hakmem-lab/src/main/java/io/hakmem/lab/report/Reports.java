// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.lab.compare.Bootstrap;
import io.hakmem.lab.compare.Ratio;
import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.report.BenchReport.AgainstBest;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.report.BenchReport.Failure;
import io.hakmem.lab.report.BenchReport.FaultsReport;
import io.hakmem.lab.report.BenchReport.IdleReport;
import io.hakmem.lab.report.BenchReport.IdleSample;
import io.hakmem.lab.report.BenchReport.SubjectReport;
import io.hakmem.lab.report.BenchReport.Unavailable;
import io.hakmem.lab.run.CampaignResult;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.SubjectSamples;
import io.hakmem.lab.run.SubjectSamples.Cold;
import io.hakmem.lab.run.SubjectSamples.Idle;
import io.hakmem.lab.run.SubjectSamples.Memory;
import io.hakmem.lab.run.SubjectSamples.Timed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sums samples up into reports. */
public final class Reports {
  private Reports() {}

  /** The report of one workload. */
  public static BenchReport of(
      CampaignResult result,
      Environment environment,
      JvmOptions jvmOptions,
      List<Unavailable> unavailable) {
    Comparison comparison = new Comparison(result);
    return new BenchReport(
        result.workload().name(),
        result.workload().arguments(),
        boxed(result.workload().threads()),
        environment(environment, jvmOptions),
        comparison.measured().stream().map(samples -> subject(samples, comparison)).toList(),
        comparison.noiseFloor().map(floor -> 100 * floor.difference()).orElse(null),
        comparison.noiseFloor().map(floor -> 100 * floor.measured()).orElse(null),
        result.twin().map(twin -> boxed(twin.nanosByRound())).orElse(null),
        unavailable,
        failures(result));
  }

  /** Where and how the JVM subjects are run. */
  public static EnvironmentReport environment(Environment environment, JvmOptions jvmOptions) {
    return new EnvironmentReport(
        environment.cpu(),
        environment.cores(),
        environment.kernel(),
        environment.jdk(),
        jvmOptions.arguments(),
        jvmOptions.collections() > 0 ? jvmOptions.collections() : null,
        jvmOptions.untimedMillis() > 0 ? jvmOptions.untimedMillis() : null,
        environment.commit().orElse(null));
  }

  private static SubjectReport subject(SubjectSamples samples, Comparison comparison) {
    Optional<Memory> memory = samples.memory();
    return new SubjectReport(
        samples.spec().name(),
        samples.timed().size(),
        summary(samples.timed(), Timed::operationsPerSecond),
        Summary.of(samples.nanosPerOperation()),
        Bootstrap.ofMedian(samples.nanosPerOperation()),
        boxed(samples.nanosByRound()),
        againstBest(samples, comparison).orElse(null),
        median(samples.cold(), Cold::operationsPerSecond),
        median(samples.cold(), cold -> cold.initNanos() / 1e6),
        memory.map(Memory::peakRssKiB).orElse(null),
        memory.map(Memory::committedBytes).map(Reports::boxed).orElse(null),
        memory.map(Memory::liveBytes).map(Reports::boxed).orElse(null),
        median(
            samples.timed().stream().filter(timed -> timed.heapBytes().isPresent()).toList(),
            timed -> (double) timed.heapBytes().orElseThrow() / timed.operations()),
        new FaultsReport(
            summary(samples.timed(), timed -> timed.faults().minor()).median(),
            summary(samples.timed(), timed -> timed.faults().major()).median()),
        osCalls(samples.timed()),
        median(
            samples.timed().stream().filter(timed -> timed.refaults().isPresent()).toList(),
            timed -> (double) timed.refaults().orElseThrow() / timed.operations()),
        samples.latencies().isEmpty() ? null : LatencyReport.of(samples.latencies()),
        memory.flatMap(Memory::idle).map(Reports::idle).orElse(null));
  }

  private static Map<String, Double> osCalls(List<Timed> runs) {
    Map<String, Double> medians = new TreeMap<>();
    for (String kind : runs.getFirst().osCalls().keySet()) {
      medians.put(
          kind, summary(runs, run -> run.osCalls().getOrDefault(kind, 0L).doubleValue()).median());
    }
    return medians;
  }

  private static IdleReport idle(Idle idle) {
    List<IdleSample> after =
        idle.growthBytesAfter().entrySet().stream()
            .map(sample -> new IdleSample(sample.getKey(), sample.getValue()))
            .toList();
    double left = after.getLast().growthBytes();
    return new IdleReport(
        idle.burstGrowthBytes(),
        idle.freedBytes(),
        after,
        left / idle.burstGrowthBytes(),
        (idle.burstGrowthBytes() - left) / idle.freedBytes());
  }

  /** Empty for the fastest itself and for loops. */
  private static Optional<AgainstBest> againstBest(SubjectSamples samples, Comparison comparison) {
    if (samples.spec().isNull()) {
      return Optional.empty();
    }
    return comparison
        .bestNative(samples)
        .filter(best -> best != samples)
        .map(best -> against(samples, best, comparison));
  }

  private static AgainstBest against(
      SubjectSamples samples, SubjectSamples best, Comparison comparison) {
    Ratio ratio = Comparison.ratio(samples, best).orElseThrow();
    return new AgainstBest(
        best.spec().name(), ratio.value(), ratio.interval(), comparison.verdict(samples, best));
  }

  private static List<Failure> failures(CampaignResult result) {
    List<Failure> failures = new ArrayList<>();
    Stream.concat(result.subjects().stream(), result.twin().stream())
        .forEach(
            samples ->
                samples.failures().stream()
                    .map(error -> new Failure(samples.spec().name(), error))
                    .forEach(failures::add));
    return failures;
  }

  private static <T> Summary summary(List<T> samples, ToDoubleFunction<T> value) {
    return Summary.of(samples.stream().mapToDouble(value).toArray());
  }

  private static <T> @Nullable Double median(List<T> samples, ToDoubleFunction<T> value) {
    return samples.isEmpty() ? null : summary(samples, value).median();
  }

  /** Not a number is no JSON: null stands for it. */
  private static List<@Nullable Double> boxed(double[] byRound) {
    List<@Nullable Double> boxed = new ArrayList<>();
    for (double each : byRound) {
      boxed.add(Double.isNaN(each) ? null : each);
    }
    return Collections.unmodifiableList(boxed);
  }

  static @Nullable Integer boxed(OptionalInt value) {
    return value.isPresent() ? value.getAsInt() : null;
  }

  private static @Nullable Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
