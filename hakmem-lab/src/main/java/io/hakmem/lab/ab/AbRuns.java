// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.run.SubjectSamples.Timed;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All runs of a comparison.
 *
 * @param arms that could run, the baseline first; empty if that could not
 * @param counted one for each arm
 * @param blocks that are complete
 * @param failures of runs
 */
public record AbRuns(
    List<Arm> arms, List<Counted> counted, List<Block> blocks, List<Failure> failures) {

  public AbRuns {
    arms = List.copyOf(arms);
    counted = List.copyOf(counted);
    blocks = List.copyOf(blocks);
    failures = List.copyOf(failures);
  }

  /** Two runs of exactly the same operations. */
  public record Counted(Timed first, Timed second) {
    /** What the first run counted, system calls included, by name. */
    public SortedMap<String, Long> values() {
      return values(first);
    }

    /** Whether the other run counted the same. */
    public boolean isExact(String name) {
      Long value = values(first).get(name);
      return value != null && value.equals(values(second).get(name));
    }

    private static SortedMap<String, Long> values(Timed run) {
      SortedMap<String, Long> values = new TreeMap<>(run.counters());
      run.osCalls().forEach((kind, calls) -> values.put(OS_CALL + kind, calls));
      return values;
    }
  }

  /** Prefix of the names of system calls. */
  public static final String OS_CALL = "OS calls: ";

  /**
   * One block.
   *
   * @param columns the runs of each arm, then those of the baseline's twin
   */
  public record Block(List<List<Timed>> columns) {}

  /**
   * A run that gave no result.
   *
   * @param arm its label
   * @param error one line
   */
  public record Failure(String arm, String error) {}

  /** All timed runs of an arm. */
  public List<Timed> timed(int arm) {
    return blocks.stream().flatMap(block -> block.columns().get(arm).stream()).toList();
  }

  /** By how much an arm was faster than the baseline in each block, as logarithms. */
  public double[] logRatios(int arm) {
    return blocks.stream()
        .mapToDouble(block -> logSpeed(block, arm) - logSpeed(block, 0))
        .toArray();
  }

  /** The same of the baseline's twin. */
  public double[] twinLogRatios() {
    return logRatios(arms.size());
  }

  private static double logSpeed(Block block, int column) {
    return Stream.of(block.columns().get(column))
        .flatMap(List::stream)
        .mapToDouble(run -> Math.log(run.operationsPerSecond()))
        .average()
        .orElseThrow();
  }
}
