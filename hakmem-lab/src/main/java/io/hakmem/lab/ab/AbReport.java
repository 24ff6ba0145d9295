// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hakmem.lab.compare.Interval;
import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a comparison; its components are the fields of the JSON, absent where null.
 *
 * @param workload name
 * @param args of the workload
 * @param threads of it, where they were asked for
 * @param command that repeats it
 * @param environment where it was measured
 * @param blocks that are complete
 * @param blocksAsked for
 * @param millis least time of the untimed passes of a run, and of the timed ones
 * @param seed of the order
 * @param inProcess whether all arms took turns in one JVM
 * @param noiseFloorPercent that a difference has to clear; absent without blocks
 * @param twinDifferencePercent what the baseline and its twin differed by
 * @param twinProbability of such a difference by chance
 * @param arms the baseline first
 * @param flames files of differential flame graphs by arm
 * @param failures runs that gave no result
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AbReport(
    String workload,
    List<String> args,
    @Nullable Integer threads,
    String command,
    EnvironmentReport environment,
    int blocks,
    int blocksAsked,
    int millis,
    long seed,
    boolean inProcess,
    @Nullable Double noiseFloorPercent,
    @Nullable Double twinDifferencePercent,
    @Nullable Double twinProbability,
    List<ArmReport> arms,
    Map<String, String> flames,
    List<AbRuns.Failure> failures) {

  /** Whether an arm is to be preferred to the baseline. */
  public enum Judgement {
    BETTER,
    WORSE,
    NO_DIFFERENCE_SHOWN;

    /** As people say it. */
    public String words() {
      return switch (this) {
        case BETTER -> "better";
        case WORSE -> "worse";
        case NO_DIFFERENCE_SHOWN -> "no difference shown";
      };
    }
  }

  /**
   * One arm.
   *
   * @param arm its label
   * @param runs timed ones
   * @param opsPerSecond over the runs
   * @param nsPerOp over the runs
   * @param userNsPerOp processor time in the program, median
   * @param kernelNsPerOp processor time in the kernel, median
   * @param peakRssKiB of the process, median
   * @param hitRatePercent requests served from a thread's cache at once
   * @param counters of one pass
   * @param against the baseline; absent for the baseline itself
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ArmReport(
      String arm,
      int runs,
      @Nullable Summary opsPerSecond,
      @Nullable Summary nsPerOp,
      @Nullable Double userNsPerOp,
      @Nullable Double kernelNsPerOp,
      @Nullable Double peakRssKiB,
      @Nullable Double hitRatePercent,
      Map<String, Counter> counters,
      @Nullable Against against) {}

  /**
   * A counter.
   *
   * @param value of the first run
   * @param exact whether a second run counted the same
   */
  public record Counter(long value, boolean exact) {}

  /**
   * An arm against the baseline.
   *
   * @param ratio how many times as fast; absent without blocks, as what follows from it
   * @param interval where it lies, 99 %; absent of a single block
   * @param probability of as much by chance (Wilcoxon)
   * @param adjusted the same for the number of arms (Holm)
   * @param detectablePercent the smallest difference that would probably have been seen; absent if
   *     none could be
   * @param time verdict on the time
   * @param counters verdict on the counters that are exact
   * @param verdict both together
   * @param decidedBy what it rests on
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Against(
      @Nullable Double ratio,
      @Nullable Interval interval,
      @Nullable Double probability,
      @Nullable Double adjusted,
      @Nullable Double detectablePercent,
      Verdict time,
      Judgement counters,
      Judgement verdict,
      String decidedBy) {}
}
