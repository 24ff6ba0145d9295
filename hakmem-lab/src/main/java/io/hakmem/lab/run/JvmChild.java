// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.sun.management.ThreadMXBean;
import io.hakmem.lab.measure.FullCollections;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The program that one run in a JVM is: {@code CLASS-OF-SUBJECT COLLECTIONS MODE WORKLOAD
 * ARGUMENT…}.
 */
public final class JvmChild {
  static final String RESULT = "result";

  private static final long COLD_OPERATIONS = 500_000;
  private static final int FIRST_PAIR_BYTES = 64;

  private final SubjectFactory subjects;
  private final int collections;
  private final List<String> result = new ArrayList<>(List.of(RESULT));

  private JvmChild(SubjectFactory subjects, int collections) {
    this.subjects = subjects;
    this.collections = collections;
  }

  /** Runs and prints the result; a failure of any thread ends the process. */
  public static void main(String[] arguments) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          failure.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
    ArrayDeque<String> words = new ArrayDeque<>(List.of(arguments));
    JvmChild child =
        new JvmChild(SubjectFactory.ofClass(words.remove()), Integer.parseInt(words.remove()));
    String mode = words.remove();
    long sampleAt = mode.equals(Request.MEMORY) ? Long.parseLong(words.remove()) : 0;
    Workload workload = WorkloadCatalog.parseInChild(words.remove(), List.copyOf(words));
    switch (mode) {
      case Request.TIMED -> child.timed(workload);
      case Request.COLD -> child.cold(workload.first(COLD_OPERATIONS));
      case Request.MEMORY -> MemoryRun.run(child.subjects, workload, sampleAt).forEach(child::put);
      default -> throw new IllegalArgumentException(mode);
    }
    System.out.println(String.join(" ", child.result));
  }

  private void timed(Workload workload) {
    passes(workload);
    if (collections > 0) {
      FullCollections.run(collections);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocatedBefore = threads.getTotalThreadAllocatedBytes();
    Passes timed = passes(workload);
    long allocatedAfter = threads.getTotalThreadAllocatedBytes();
    put("nanos", timed.nanos);
    put("operations", timed.operations);
    put("heapBytes", allocatedAfter - allocatedBefore);
  }

  private record Passes(long operations, long nanos) {}

  private Passes passes(Workload workload) {
    long nanos = 0;
    long operations = 0;
    do {
      nanos += workload.pass(subjects);
      operations += workload.operations();
    } while (nanos < workload.leastNanos());
    return new Passes(operations, nanos);
  }

  private void cold(Workload workload) {
    long start = System.nanoTime();
    Subject subject = subjects.open(1);
    long block = subject.allocate(0, FIRST_PAIR_BYTES);
    RawMemory.putByte(block, (byte) 1);
    subject.free(0, block);
    put("initNanos", System.nanoTime() - start);
    put("nanos", workload.pass(subjects));
    put("operations", workload.operations());
  }

  private void put(String key, long value) {
    result.add(key + "=" + value);
  }
}
