// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hakmem.HakmemStats;
import io.hakmem.HakmemStats.SizeClassStats;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.HeapSample;
import io.hakmem.lab.run.HeapSamples;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.workload.Workload;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What hakmem holds while a workload runs; its components are the fields of the JSON, absent where
 * null.
 *
 * @param workload name
 * @param args arguments
 * @param threads how many threads it ran on, where its recipe leaves that open
 * @param environment where it was measured
 * @param peakIsExact whether {@code atPeak} was taken at the peak; else at most a sixteenth below
 *     it
 * @param atPeak when the most requested bytes were live
 * @param atEnd when everything had been freed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HeapReport(
    String workload,
    List<String> args,
    @Nullable Integer threads,
    EnvironmentReport environment,
    boolean peakIsExact,
    @Nullable Moment atPeak,
    Moment atEnd) {

  /**
   * hakmem at an instant.
   *
   * @param liveBlocks that the program holds
   * @param requestedBytes of them, as asked for
   * @param internalFragmentation share of the allocated bytes that nobody asked for
   * @param externalFragmentation share of the slabs' bytes that lies free in them
   * @param residentByMapping physical memory behind each mapping, as the kernel counts it
   * @param classes size classes with slabs, smallest first
   * @param larger blocks above the size classes
   * @param stats of hakmem
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Moment(
      long liveBlocks,
      long requestedBytes,
      @Nullable Double internalFragmentation,
      @Nullable Double externalFragmentation,
      SortedMap<String, Long> residentByMapping,
      List<SizeClass> classes,
      Larger larger,
      HakmemStats stats) {}

  /**
   * A size class.
   *
   * @param blockBytes size of its blocks
   * @param slabs slabs
   * @param slabBytes memory charged for them
   * @param carvedBlocks live, free and cached ones
   * @param liveBlocks in the program's hands
   * @param freeBlocks free in the slabs
   * @param cachedBlocks in threads' caches and depots
   * @param requestedBytes of the live blocks
   * @param internalFragmentation share of the live blocks' bytes that nobody asked for
   * @param externalFragmentation share of the slabs' bytes that lies free in them
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SizeClass(
      int blockBytes,
      int slabs,
      long slabBytes,
      long carvedBlocks,
      long liveBlocks,
      long freeBlocks,
      long cachedBlocks,
      long requestedBytes,
      @Nullable Double internalFragmentation,
      @Nullable Double externalFragmentation) {}

  /**
   * Blocks above the size classes.
   *
   * @param allocatedBytes rounded up to pages
   * @param requestedBytes as asked for
   * @param internalFragmentation share of the allocated bytes that nobody asked for
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Larger(
      long allocatedBytes, long requestedBytes, @Nullable Double internalFragmentation) {}

  /** The report of one workload. */
  public static HeapReport of(
      Workload workload, HeapSamples samples, Environment environment, JvmOptions jvmOptions) {
    HeapSample atPeak = samples.atPeak();
    return new HeapReport(
        workload.name(),
        workload.arguments(),
        Reports.boxed(workload.threads()),
        Reports.environment(environment, jvmOptions),
        samples.peakIsExact(),
        atPeak == null ? null : moment(atPeak),
        moment(samples.atEnd()));
  }

  private static Moment moment(HeapSample sample) {
    HakmemStats.Account account = sample.stats().account();
    List<SizeClass> classes =
        sample.stats().sizeClasses().stream()
            .filter(stats -> stats.slabs() > 0)
            .map(stats -> sizeClass(stats, sample))
            .toList();
    long inClasses = classes.stream().mapToLong(it -> it.liveBlocks() * it.blockBytes()).sum();
    long inLarger = account.allocatedBytes() - inClasses;
    long requested = sample.requestedByUsableSize().getOrDefault(0, 0L);
    return new Moment(
        sample.liveBlocks(),
        sample.requestedBytes(),
        without(sample.requestedBytes(), account.allocatedBytes()),
        share(account.freeInSlabsBytes(), classes.stream().mapToLong(SizeClass::slabBytes).sum()),
        sample.residentByMapping(),
        classes,
        new Larger(inLarger, requested, without(requested, inLarger)),
        sample.stats());
  }

  private static SizeClass sizeClass(SizeClassStats stats, HeapSample sample) {
    long bytes = stats.blockBytes();
    long requested = sample.requestedByUsableSize().getOrDefault(stats.blockBytes(), 0L);
    return new SizeClass(
        stats.blockBytes(),
        stats.slabs(),
        stats.slabBytes(),
        stats.liveBlocks() + stats.freeBlocks() + stats.cachedBlocks(),
        stats.liveBlocks(),
        stats.freeBlocks(),
        stats.cachedBlocks(),
        requested,
        without(requested, stats.liveBlocks() * bytes),
        share(stats.freeBlocks() * bytes, stats.slabBytes()));
  }

  private static @Nullable Double without(long part, long whole) {
    return share(whole - part, whole);
  }

  private static @Nullable Double share(long part, long whole) {
    return whole == 0 ? null : (double) part / whole;
  }
}
