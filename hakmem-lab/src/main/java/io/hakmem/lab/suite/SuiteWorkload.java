// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A line of the suite.
 *
 * @param label what it is called in tables: the name, and what tells it from others of that name
 * @param name of the workload
 * @param arguments that it takes
 * @param threads that it runs on, where not the usual number
 * @param marks what else holds of it
 */
public record SuiteWorkload(
    String label, String name, List<String> arguments, OptionalInt threads, Set<Mark> marks) {

  /** What the suite has to know of a workload. */
  public enum Mark {
    /** Most of its time is the allocator's: these have a mean of their own. */
    ALLOCATOR_BOUND,
    /** Run by the other ways of the JVM as well. */
    JVM_RIVALS,
    /** Run by Parquet's buffers as well. */
    PARQUET,
    /** Run by arenas and heaps as well. */
    ARENAS
  }

  boolean isAllocatorBound() {
    return marks.contains(Mark.ALLOCATOR_BOUND);
  }
}
