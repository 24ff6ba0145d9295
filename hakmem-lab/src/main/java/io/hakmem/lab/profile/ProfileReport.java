// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.run.OsCallCheck;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of a workload goes; its components are the fields of the JSON, absent where null.
 * Shares are percent of all samples.
 *
 * @param workload with its arguments
 * @param command that repeats it
 * @param jvm how the profiled JVM was started
 * @param environment where
 * @param engine what took the samples
 * @param version of the profiler
 * @param samples taken
 * @param cpuSeconds of the process meanwhile
 * @param throughput medians of runs that are not profiled, operations a second
 * @param functions that take the most, the most first
 * @param paths of the allocator
 * @param kernelPercent share of the kernel; absent where it cannot be seen
 * @param kernel what it does there
 * @param outOfLine the same with the hot functions not inlined; absent if that gave nothing
 * @param classes hits of the front caches
 * @param osCalls of the allocator while it was sampled, by kind
 * @param checks what others say of the same
 * @param callGraphs callers of the hot functions
 * @param limits of this profile
 * @param recommendations that follow
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProfileReport(
    String workload,
    String command,
    String jvm,
    EnvironmentReport environment,
    String engine,
    String version,
    long samples,
    double cpuSeconds,
    Map<String, Double> throughput,
    List<Function> functions,
    Paths paths,
    @Nullable Double kernelPercent,
    Map<String, Double> kernel,
    @Nullable Paths outOfLine,
    List<ClassRow> classes,
    Map<String, Long> osCalls,
    Checks checks,
    Map<String, Map<String, Double>> callGraphs,
    List<String> limits,
    List<Recommendation> recommendations) {

  /**
   * Second opinions.
   *
   * @param kernel of the calls of the system; absent if that run failed
   * @param strace by call the number in the whole process, and in a JVM that does next to nothing;
   *     absent if it was not asked for
   * @param assembly of the hottest compiled function, or why there is none; absent if it was not
   *     asked for
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Checks(
      @Nullable OsCallCheck kernel,
      @Nullable SortedMap<String, List<Long>> strace,
      @Nullable String assembly) {
    /** Nobody was asked. */
    public static final Checks NONE = new Checks(null, null, null);
  }

  /** A row of the table of functions. */
  public record Function(String name, double percent, String location, String note) {}

  /**
   * Shares of the allocator's parts.
   *
   * @param alloc calls that allocate
   * @param free calls that free
   * @param ratio free to alloc; absent if nothing was sampled there
   * @param allocator all of it
   * @param classification which block an address is, and the checks
   * @param classificationOfAllocator the same as a share of the allocator's time
   * @param refill batches into the caches
   * @param drain batches out of them
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Paths(
      double alloc,
      double free,
      @Nullable Double ratio,
      double allocator,
      double classification,
      double classificationOfAllocator,
      double refill,
      double drain) {}

  /** Hits of a size class. */
  public record ClassRow(int blockBytes, long requests, long misses, double hitPercent) {}

  /** A conclusion, the rule that it follows from, and what would test it. */
  public record Recommendation(String conclusion, String rule, String test) {}
}
