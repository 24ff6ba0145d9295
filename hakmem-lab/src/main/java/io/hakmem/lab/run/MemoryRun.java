// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.measure.ProcessMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import io.hakmem.lab.subject.TouchingSubject;
import io.hakmem.lab.workload.IdleWorkload;
import io.hakmem.lab.workload.Workload;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The memory run of a JVM child; apart, so that a timed run does not load what only this needs. */
final class MemoryRun {
  private static final int FIRST_PAIR_BYTES = 64;

  private MemoryRun() {}

  /** One pass with whole blocks touched; returns the values for the result line. */
  static Map<String, Long> run(SubjectFactory subjects, Workload workload, long sampleAt) {
    Map<String, Long> values =
        workload instanceof IdleWorkload idle
            ? ofBurst(subjects, idle, sampleAt)
            : ofPass(subjects, workload, sampleAt);
    values.put("peakRssKiB", ProcessMemory.peakResidentKiB());
    return values;
  }

  private static Map<String, Long> ofBurst(
      SubjectFactory subjects, IdleWorkload workload, long sampleAt) {
    Subject subject = subjects.open(Math.toIntExact(workload.operations()));
    // What a subject sets up at its first call is no growth by the burst.
    subject.free(0, subject.allocate(0, FIRST_PAIR_BYTES));
    TouchingSubject touching = new TouchingSubject(subject, sampleAt);
    Map<String, Long> values = IdleRun.run(workload, touching);
    putCommitted(touching, values);
    return values;
  }

  private static Map<String, Long> ofPass(
      SubjectFactory subjects, Workload workload, long sampleAt) {
    ConcurrentLinkedQueue<TouchingSubject> opened = new ConcurrentLinkedQueue<>();
    workload
        .inStep()
        .pass(
            slotCount -> {
              TouchingSubject subject = new TouchingSubject(subjects.open(slotCount), sampleAt);
              opened.add(subject);
              return subject;
            });
    Map<String, Long> values = new TreeMap<>();
    // Sampled at all means by the only thread that allocates.
    opened.forEach(subject -> putCommitted(subject, values));
    return values;
  }

  private static void putCommitted(TouchingSubject subject, Map<String, Long> values) {
    subject.committedBytes().ifPresent(bytes -> values.put("committedBytes", bytes));
  }
}
