// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.measure.CpuTime;
import io.hakmem.lab.measure.PageFaults;
import io.hakmem.lab.subject.HakmemCounters;
import io.hakmem.lab.subject.SubjectSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.HdrHistogram.Histogram;

/** What the runs of one subject gave. */
public final class SubjectSamples {
  /**
   * One timed run.
   *
   * @param nanos of the timed passes
   * @param operations of the timed passes
   * @param heapBytes what all threads allocated on the Java heap meanwhile
   * @param faults of the whole process meanwhile
   * @param osCalls of the allocator meanwhile, by kind; empty where it does not count them
   * @param counters what else it counted meanwhile, by name
   * @param resources of the process, where they are told
   */
  public record Timed(
      long nanos,
      long operations,
      OptionalLong heapBytes,
      PageFaults faults,
      SortedMap<String, Long> osCalls,
      SortedMap<String, Long> counters,
      Optional<Resources> resources) {
    /** Pages used again meanwhile after they had gone back to the system, where counted. */
    public OptionalLong refaults() {
      Long refaults = counters.get(HakmemCounters.REFAULTS);
      return refaults == null ? OptionalLong.empty() : OptionalLong.of(refaults);
    }

    public double nanosPerOperation() {
      return (double) nanos / operations;
    }

    public double operationsPerSecond() {
      return 1e9 * operations / nanos;
    }
  }

  /**
   * What the whole process took of the machine.
   *
   * @param cpu during the timed passes
   * @param peakRssKiB the most memory that was resident since its start
   */
  public record Resources(CpuTime cpu, long peakRssKiB) {}

  /**
   * The first operations of a fresh process.
   *
   * @param initNanos the first pair
   * @param operationsPerSecond after it
   */
  public record Cold(long initNanos, double operationsPerSecond) {}

  /**
   * The memory run.
   *
   * @param peakRssKiB of the process
   * @param committedBytes at peak live, where it can be told
   * @param liveBytes requested and alive at the peak, where that is determined
   * @param idle what stayed of a burst, of workloads that wait
   */
  public record Memory(
      long peakRssKiB, OptionalLong committedBytes, OptionalLong liveBytes, Optional<Idle> idle) {}

  /**
   * What stayed of a burst while the process slept. Growth is that of the process's resident memory
   * since before the burst.
   *
   * @param burstGrowthBytes when everything was allocated and written
   * @param freedBytes requested bytes that were freed then
   * @param growthBytesAfter by milliseconds since then, ascending
   */
  public record Idle(
      long burstGrowthBytes, long freedBytes, SortedMap<Integer, Long> growthBytesAfter) {}

  /**
   * How long each call of a run took.
   *
   * @param allocate allocations, reallocations included
   * @param free frees
   * @param clock calls that do nothing
   */
  public record Latency(Histogram allocate, Histogram free, Histogram clock) {}

  private final SubjectSpec spec;
  private final List<Optional<Timed>> rounds = new ArrayList<>();
  private final List<Cold> cold = new ArrayList<>();
  private final List<Latency> latencies = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private Optional<Memory> memory = Optional.empty();

  public SubjectSamples(SubjectSpec spec) {
    this.spec = spec;
  }

  public SubjectSpec spec() {
    return spec;
  }

  /** Timed runs that gave a result. */
  public List<Timed> timed() {
    return rounds.stream().flatMap(Optional::stream).toList();
  }

  public List<Cold> cold() {
    return cold;
  }

  public List<Latency> latencies() {
    return latencies;
  }

  public Optional<Memory> memory() {
    return memory;
  }

  /** Runs that gave no result, with the reason. */
  public List<String> failures() {
    return failures;
  }

  /** Nanoseconds per operation of every timed run. */
  public double[] nanosPerOperation() {
    return timed().stream().mapToDouble(Timed::nanosPerOperation).toArray();
  }

  /** The same by round; {@link Double#NaN} where the run gave no result. */
  public double[] nanosByRound() {
    return rounds.stream()
        .mapToDouble(run -> run.map(Timed::nanosPerOperation).orElse(Double.NaN))
        .toArray();
  }

  /** The timed run of the next round. */
  public void add(Timed sample) {
    rounds.add(Optional.of(sample));
  }

  /** The timed run of the next round gave no result. */
  public void miss(String reason) {
    rounds.add(Optional.empty());
    fail(reason);
  }

  public void add(Cold sample) {
    cold.add(sample);
  }

  public void add(Latency sample) {
    latencies.add(sample);
  }

  public void set(Memory sample) {
    memory = Optional.of(sample);
  }

  /** A run that was not a timed one gave no result. */
  public void fail(String reason) {
    failures.add(reason);
  }
}
