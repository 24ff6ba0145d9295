// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.CountingSubject;

/** Runs a workload of one thread without an allocator, to see what it asks for. */
final class DryRun {
  private DryRun() {}

  static CountingSubject of(Workload workload) {
    CountingSubject[] opened = new CountingSubject[1];
    workload.pass(slotCount -> opened[0] = new CountingSubject(slotCount));
    return opened[0];
  }
}
