// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a suite; its components are the fields of the JSON, absent where null.
 *
 * @param suite name of the plan
 * @param command that repeats it
 * @param date when it began, UTC
 * @param minutes how long it took
 * @param runs timed ones of each subject and workload
 * @param planned how many workloads there are
 * @param environment where it was measured
 * @param control whether a known difference is found; absent if the planted subject gave no result
 * @param standings who stands how against whom
 * @param lines one for each of {@code workloads}, in their order
 * @param workloads all figures of each workload
 * @param failures workloads that gave nothing at all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SuiteReport(
    String suite,
    String command,
    String date,
    double minutes,
    int runs,
    int planned,
    EnvironmentReport environment,
    @Nullable Control control,
    List<Standing> standings,
    List<Line> lines,
    List<BenchReport> workloads,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Failure> failures) {

  /**
   * What a table says of hakmem on a workload beyond the figures of {@link BenchReport}.
   *
   * @param label what it is called
   * @param allocatorBound whether its time is mostly the allocator's
   * @param net how many times as fast as the best native without the bare loops
   * @param memory how many times as much the native holds that holds the least
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Line(
      String label, boolean allocatorBound, @Nullable Double net, @Nullable Double memory) {}

  /**
   * A workload that gave nothing at all.
   *
   * @param workload its label
   * @param error one line
   */
  public record Failure(String workload, String error) {}

  /** Why the suite fails, a line each; empty if it does not. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (control == null) {
      faults.add("the planted subject gave no result: nothing shows what the suite can find");
    } else if (!control.found()) {
      faults.add(
          "the planted subject, "
              + control.percent()
              + " % slower, was not found: the machine is too noisy to show losses of that size");
    }
    long runs = workloads.stream().mapToLong(report -> report.failures().size()).sum();
    if (runs > 0 || !failures.isEmpty()) {
      faults.add(runs + " runs and " + failures.size() + " workloads gave no result");
    }
    int begun = workloads.size() + failures.size();
    if (begun < planned) {
      faults.add("it was stopped after " + begun + " of " + planned + " workloads");
    }
    return faults;
  }
}
