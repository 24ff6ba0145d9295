// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.measure.ProcessMemory;
import io.hakmem.lab.subject.SubjectFactory;
import io.hakmem.lab.subject.TouchingSubject;
import io.hakmem.lab.workload.Workload;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The memory run of a JVM child; apart, so that a timed run does not load what only this needs. */
final class MemoryRun {
  private MemoryRun() {}

  /** One pass with whole blocks touched; returns the values for the result line. */
  static Map<String, Long> run(SubjectFactory subjects, Workload workload, long sampleAt) {
    ConcurrentLinkedQueue<TouchingSubject> opened = new ConcurrentLinkedQueue<>();
    workload.pass(
        slotCount -> {
          TouchingSubject subject = new TouchingSubject(subjects.open(slotCount), sampleAt);
          opened.add(subject);
          return subject;
        });
    Map<String, Long> values = new TreeMap<>();
    // Sampled at all means on one thread, by the only subject there is.
    opened.element().committedBytes().ifPresent(bytes -> values.put("committedBytes", bytes));
    values.put("peakRssKiB", ProcessMemory.peakResidentKiB());
    return values;
  }
}
