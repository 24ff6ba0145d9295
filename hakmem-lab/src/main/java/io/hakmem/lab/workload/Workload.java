// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A recipe with its arguments filled in; can be run any number of times. */
public interface Workload {
  String name();

  /** The arguments as they are reported. */
  List<String> arguments();

  /** The arguments that a child process needs to build the same workload. */
  default List<String> childArguments() {
    return arguments();
  }

  /** How many threads were asked for; empty where that is part of the recipe. */
  default OptionalInt threads() {
    return OptionalInt.empty();
  }

  /** Operations of one pass; of the last pass, where threads or a time decide. */
  long operations();

  /** Runs once and returns the nanoseconds of what the recipe times. */
  long pass(SubjectFactory subjects);

  /** The same workload cut after its first operations, if it has more. */
  Workload first(long operations);

  /** Passes are repeated until they took this long; 0 is one pass. */
  default long leastNanos() {
    return 0;
  }

  /** Whether blocks are freed by other threads than allocated them. */
  default boolean handsBlocksOver() {
    return false;
  }

  /**
   * Whether a block is freed under the slot it was allocated under, and no other block is under it
   * meanwhile, by any thread: then what belongs to a block can be found by slot.
   */
  default boolean keepsSlots() {
    return true;
  }

  /**
   * Whether blocks are written beyond their first bytes, or read back: then one small fixed block
   * for all does not do.
   */
  default boolean needsRealBlocks() {
    return false;
  }

  /**
   * The same workload for the memory run: where threads hand blocks over, they keep to a schedule
   * by which the peak is determined, if there is one.
   */
  default Workload inStep() {
    return this;
  }

  /**
   * Where the most is live {@link #inStep}, found by a dry run; empty if that depends on how
   * threads are scheduled.
   */
  default Optional<Peak> peak() {
    return Optional.of(DryRun.of(this).peak());
  }
}
