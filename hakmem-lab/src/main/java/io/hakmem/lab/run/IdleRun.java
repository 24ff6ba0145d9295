// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.measure.ProcessMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.workload.IdleWorkload;
import java.util.Map;
import java.util.TreeMap;

/** What stays of a burst while the process sleeps; in the memory run of a JVM child. */
final class IdleRun {
  static final String BURST = "burstGrowthBytes";
  static final String FREED = "freedBytes";

  /** Followed by the milliseconds since the release. */
  static final String AFTER = "growthBytesAfter";

  private IdleRun() {}

  /** One pass that pauses; returns the values for the result line. */
  static Map<String, Long> run(IdleWorkload workload, Subject subject) {
    Map<String, Long> values = new TreeMap<>();
    long before = ProcessMemory.residentBytes();
    workload.fill(subject);
    values.put(BURST, growthSince(before));
    values.put(FREED, workload.release(subject));
    long released = System.nanoTime();
    for (int millis : workload.sampleMillis()) {
      sleepUntil(released + millis * 1_000_000L);
      values.put(AFTER + millis, growthSince(before));
    }
    workload.clear(subject);
    return values;
  }

  /** Of resident memory; less than before is no growth. */
  private static long growthSince(long before) {
    return Math.max(ProcessMemory.residentBytes() - before, 0);
  }

  private static void sleepUntil(long nanoTime) {
    try {
      long millis = Math.ceilDiv(nanoTime - System.nanoTime(), 1_000_000L);
      Thread.sleep(Math.max(millis, 0));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a run", e);
    }
  }
}
