// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.measure.CpuTime;
import io.hakmem.lab.measure.PageFaults;
import io.hakmem.lab.run.SubjectSamples.Resources;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.workload.Workload;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** One timed run of a contender, in a process of its own. */
public final class TimedRun {
  private TimedRun() {}

  /**
   * Runs it; a process that takes longer than the limit is ended and is a failure.
   *
   * @param leastMillis timed passes are repeated until they took this long; 0 is one pass
   */
  public static Timed of(Contender contender, Workload workload, int leastMillis, Duration limit)
      throws RunFailure {
    return of(
        new ChildProcess(limit)
            .results(contender.launcher().command(Request.timed(workload, leastMillis))));
  }

  static Timed of(Map<String, String> result) throws RunFailure {
    return new Timed(
        Answer.required(result, "nanos"),
        Answer.required(result, "operations"),
        Answer.optional(result, "heapBytes"),
        new PageFaults(
            Answer.required(result, "minorFaults"), Answer.required(result, "majorFaults")),
        Answer.all(result, JvmChild.OS_CALLS),
        Answer.all(result, JvmChild.COUNTERS),
        resources(result));
  }

  private static Optional<Resources> resources(Map<String, String> result) throws RunFailure {
    if (!result.containsKey("userMillis")) {
      return Optional.empty(); // the C program does not say
    }
    return Optional.of(
        new Resources(
            new CpuTime(
                Answer.required(result, "userMillis"), Answer.required(result, "kernelMillis")),
            Answer.required(result, "peakRssKiB")));
  }
}
