// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;

/**
 * A workload about the memory that stays after a burst. The memory run looks at the process while
 * nothing happens; a timed pass does not wait, and times the burst.
 */
public interface IdleWorkload extends Workload {
  /** Allocates every block and writes all of it. */
  void fill(Subject subject);

  /** Frees what the recipe frees; how many bytes of those requested. */
  long release(Subject subject);

  /** Frees what is left. */
  void clear(Subject subject);

  /** When the memory run looks, in milliseconds after the release; ascending. */
  List<Integer> sampleMillis();

  @Override
  default long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(Math.toIntExact(operations()));
    long start = System.nanoTime();
    fill(subject);
    release(subject);
    long nanos = System.nanoTime() - start;
    clear(subject);
    return nanos;
  }

  @Override
  default boolean needsRealBlocks() {
    return true;
  }
}
