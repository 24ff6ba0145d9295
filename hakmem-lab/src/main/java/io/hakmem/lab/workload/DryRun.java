// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.CountingSubject;
import io.hakmem.lab.subject.MallocSubject;
import java.util.ArrayList;
import java.util.List;

/** Runs a workload of one thread without an allocator, to see what it asks for. */
final class DryRun {
  private DryRun() {}

  static CountingSubject of(Workload workload) {
    List<CountingSubject> opened = new ArrayList<>();
    workload.pass(
        slotCount -> {
          CountingSubject subject = counting(workload, slotCount);
          opened.add(subject);
          return subject;
        });
    return opened.getFirst();
  }

  /** A subject that the workload can run on. */
  static CountingSubject counting(Workload workload, int slotCount) {
    return workload.needsRealBlocks()
        ? new CountingSubject(slotCount, new MallocSubject(slotCount))
        : new CountingSubject(slotCount);
  }
}
