// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.subject.HakmemSubject;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.util.List;
import java.util.function.LongFunction;

/**
 * One of the allocators of a JVM: runs passes for some milliseconds, gives the line of a result.
 */
public final class InProcessArm implements LongFunction<String> {
  private final Workload workload;

  /** Of a workload, name and arguments as in a child. */
  public InProcessArm(String[] words) {
    List<String> all = List.of(words);
    workload = WorkloadCatalog.parseInChild(all.getFirst(), all.subList(1, all.size()));
  }

  @Override
  public String apply(long millis) {
    return JvmChild.result(HakmemSubject::new, workload, Math.toIntExact(millis));
  }
}
