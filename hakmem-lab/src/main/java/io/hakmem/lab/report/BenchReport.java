// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hakmem.lab.compare.Interval;
import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.compare.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of one workload; its components are the fields of the JSON, absent where null.
 *
 * @param workload name
 * @param args arguments
 * @param threads how many threads it ran on, where its recipe leaves that open
 * @param environment where it was measured
 * @param results of the subjects that gave any
 * @param noiseFloorPercent what two sets of runs of the same subject may differ by
 * @param twinDifferencePercent what the two that were run do differ by
 * @param twinNsPerOpByRound the second set, of hakmem where it takes part, as {@code
 *     nsPerOpByRound} of the first
 * @param unavailable subjects that cannot run here
 * @param failures runs that gave no result
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BenchReport(
    String workload,
    List<String> args,
    @Nullable Integer threads,
    EnvironmentReport environment,
    List<SubjectReport> results,
    @Nullable Double noiseFloorPercent,
    @Nullable Double twinDifferencePercent,
    @Nullable List<@Nullable Double> twinNsPerOpByRound,
    List<Unavailable> unavailable,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Failure> failures) {

  /**
   * Where it was measured.
   *
   * @param cpu model
   * @param cores available
   * @param kernel version
   * @param jdk version
   * @param jvmArguments extra flags of the JVM subjects
   * @param collections full garbage collections of JVM subjects before the timed pass
   * @param untimedMillis least time of untimed passes of JVM subjects, where it is not one pass
   * @param commit of the working tree
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record EnvironmentReport(
      String cpu,
      int cores,
      String kernel,
      String jdk,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> jvmArguments,
      @Nullable Integer collections,
      @Nullable Integer untimedMillis,
      @Nullable String commit) {}

  /**
   * One subject.
   *
   * @param subject name
   * @param runs timed ones that gave a result
   * @param opsPerSecond over the runs
   * @param nsPerOp over the runs
   * @param nsPerOpInterval where the median of {@code nsPerOp} lies, 95 %
   * @param nsPerOpByRound of each round, null where the run gave no result
   * @param againstBestNative how many times as fast as that one
   * @param coldOpsPerSecond of the first operations of a fresh process, median
   * @param initMillis the first pair of a fresh process, median
   * @param peakRssKiB of the process
   * @param peakCommittedBytes at peak live
   * @param peakLiveBytes requested bytes alive at the peak
   * @param heapBytesPerOp allocated on the Java heap, median
   * @param pageFaults of the process in a timed run
   * @param osCalls of the allocator in a timed run by kind, medians; where it counts them
   * @param refaultsPerOp pages used again after they had gone back to the system, in a timed run,
   *     median; where the allocator counts them
   * @param latency of single calls, where asked for
   * @param idle what stayed of a burst, of workloads that wait
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SubjectReport(
      String subject,
      int runs,
      Summary opsPerSecond,
      Summary nsPerOp,
      Interval nsPerOpInterval,
      List<@Nullable Double> nsPerOpByRound,
      @Nullable AgainstBest againstBestNative,
      @Nullable Double coldOpsPerSecond,
      @Nullable Double initMillis,
      @Nullable Long peakRssKiB,
      @Nullable Long peakCommittedBytes,
      @Nullable Long peakLiveBytes,
      @Nullable Double heapBytesPerOp,
      FaultsReport pageFaults,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> osCalls,
      @Nullable Double refaultsPerOp,
      @Nullable LatencyReport latency,
      @Nullable IdleReport idle) {}

  /**
   * Page faults, medians.
   *
   * @param minor served from memory
   * @param major read from a disk
   */
  public record FaultsReport(double minor, double major) {}

  /**
   * What stayed of a burst while the process slept. Growth is that of the process's resident memory
   * since before the burst.
   *
   * @param burstGrowthBytes when everything was allocated and written
   * @param freedBytes requested bytes that were freed then
   * @param after since then, in the order of time
   * @param growthShare growth at the end as a share of the burst's
   * @param returnedShare what left the process until the end, as a share of {@code freedBytes}
   */
  public record IdleReport(
      long burstGrowthBytes,
      long freedBytes,
      List<IdleSample> after,
      double growthShare,
      double returnedShare) {}

  /**
   * One look at a sleeping process.
   *
   * @param millis since the blocks were freed
   * @param growthBytes since before the burst
   */
  public record IdleSample(int millis, long growthBytes) {}

  /**
   * A subject against the fastest allocator called from C.
   *
   * @param subject which that is
   * @param ratio how many times as fast, the median of the rounds
   * @param interval where the ratio lies, 95 %
   * @param verdict what the runs show
   */
  public record AgainstBest(String subject, double ratio, Interval interval, Verdict verdict) {}

  /**
   * A subject that cannot run here.
   *
   * @param subject name
   * @param reason one line
   */
  public record Unavailable(String subject, String reason) {}

  /**
   * A run that gave no result.
   *
   * @param subject name
   * @param error one line
   */
  public record Failure(String subject, String error) {}
}
