// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.sun.management.ThreadMXBean;
import io.hakmem.lab.measure.CpuTime;
import io.hakmem.lab.measure.FullCollections;
import io.hakmem.lab.measure.PageFaults;
import io.hakmem.lab.measure.ProcessMemory;
import io.hakmem.lab.subject.JvmSubjectSpec;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.SlotArrays;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The program that one run in a JVM is: {@code CLASS-OF-SUBJECT COLLECTIONS LEAST-UNTIMED-MILLIS
 * MOST-UNTIMED-MILLIS MODE [NUMBER] WORKLOAD ARGUMENT…}.
 */
public final class JvmChild {
  static final String RESULT = "result";

  /** Prefix of the kinds of system calls in the result. */
  static final String OS_CALLS = "osCalls.";

  /** Prefix of the other counters of the allocator. */
  static final String COUNTERS = "counters.";

  private static final long COLD_OPERATIONS = 500_000;
  private static final int FIRST_PAIR_BYTES = 64;

  private final SubjectFactory subjects;
  private final int collections;
  private final int untimedMillis;
  private final int mostUntimedMillis;
  private volatile @Nullable Subject lastOpened; // any of them knows what the allocator counts
  private final List<String> result = new ArrayList<>(List.of(RESULT));

  private JvmChild(
      SubjectFactory subjects, int collections, int untimedMillis, int mostUntimedMillis) {
    this.collections = collections;
    this.untimedMillis = untimedMillis;
    this.mostUntimedMillis = mostUntimedMillis;
    this.subjects =
        slotCount -> {
          Subject subject = subjects.open(slotCount);
          lastOpened = subject;
          return subject;
        };
  }

  /** Runs and prints the result; a failure of any thread ends the process. */
  public static void main(String[] arguments) {
    endWithAnyThread();
    ArrayDeque<String> words = new ArrayDeque<>(List.of(arguments));
    JvmChild child =
        new JvmChild(
            SubjectFactory.ofClass(words.remove()),
            Integer.parseInt(words.remove()),
            Integer.parseInt(words.remove()),
            Integer.parseInt(words.remove()));
    String mode = words.remove();
    boolean hasNumber = mode.equals(Request.TIMED) || mode.equals(Request.MEMORY);
    long number = hasNumber ? Long.parseLong(words.remove()) : 0;
    Workload workload = WorkloadCatalog.parseInChild(words.remove(), List.copyOf(words));
    if (workload.handsBlocksOver()) {
      SlotArrays.useOneForAll();
    }
    switch (mode) {
      case Request.TIMED -> {
        child.warmUp(workload);
        child.timed(workload, number);
      }
      case Request.COLD -> child.cold(workload.first(COLD_OPERATIONS));
      case Request.LATENCY -> child.latency(workload);
      case Request.MEMORY -> MemoryRun.run(child.subjects, workload, number).forEach(child::put);
      default -> throw new IllegalArgumentException(mode);
    }
    System.out.println(String.join(" ", child.result));
  }

  /** A failure of any thread ends the process. */
  static void endWithAnyThread() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          failure.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
  }

  /** The line of a result of passes that are timed, after no others. */
  static String result(SubjectFactory subjects, Workload workload, int timedMillis) {
    if (workload.handsBlocksOver()) {
      SlotArrays.useOneForAll();
    }
    JvmChild child = new JvmChild(subjects, 0, 0, 0);
    child.lastOpened = subjects.open(1); // for what it counted before
    child.timed(workload, timedMillis);
    return String.join(" ", child.result);
  }

  private void warmUp(Workload workload) {
    @Nullable CompilationMXBean compilers = ManagementFactory.getCompilationMXBean(); // -Xint: none
    WarmUp.run(
        untimedMillis,
        mostUntimedMillis,
        leastMillis -> passes(workload, leastMillis).nanos,
        () -> compilers == null ? 0 : compilers.getTotalCompilationTime());
  }

  private void timed(Workload workload, long leastMillis) {
    if (collections > 0) {
      FullCollections.run(collections);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Map<String, Long> callsBefore = osCalls();
    Map<String, Long> countersBefore = counters();
    CpuTime cpuBefore = CpuTime.now();
    PageFaults faultsBefore = PageFaults.now();
    // Innermost, for looking at the others makes objects.
    long allocatedBefore = threads.getTotalThreadAllocatedBytes();
    Passes timed = passes(workload, leastMillis);
    long allocatedAfter = threads.getTotalThreadAllocatedBytes();
    PageFaults faults = PageFaults.now().since(faultsBefore);
    CpuTime cpu = CpuTime.now().since(cpuBefore);
    put("passNanos", timed.nanos);
    put(
        "nanos",
        timed.nanos
            + burn(
                Math.ceilDiv(
                    timed.nanos * Integer.getInteger(JvmSubjectSpec.BURN_PERCENT, 0), 100)));
    put("minorFaults", faults.minor());
    put("majorFaults", faults.major());
    put("userMillis", cpu.userMillis());
    put("kernelMillis", cpu.kernelMillis());
    put("peakRssKiB", ProcessMemory.peakResidentKiB());
    putGrowth(OS_CALLS, callsBefore, osCalls());
    putGrowth(COUNTERS, countersBefore, counters());
    put("operations", timed.operations);
    put("heapBytes", allocatedAfter - allocatedBefore);
  }

  private void putGrowth(String prefix, Map<String, Long> before, Map<String, Long> after) {
    after.forEach((name, count) -> put(prefix + name, count - before.getOrDefault(name, 0L)));
  }

  private Map<String, Long> counters() {
    return Objects.requireNonNull(lastOpened).counters();
  }

  private Map<String, Long> osCalls() {
    return Objects.requireNonNull(lastOpened).osCalls();
  }

  /** Spins for at least this long; returns how long it was. */
  private static long burn(long nanos) {
    long burnt = 0;
    for (long start = System.nanoTime(); burnt < nanos; ) {
      burnt = System.nanoTime() - start;
    }
    return burnt;
  }

  private record Passes(long operations, long nanos) {}

  private Passes passes(Workload workload, long leastMillis) {
    long nanos = 0;
    long operations = 0;
    do {
      Passes passes = passes(workload, subjects);
      nanos += passes.nanos;
      operations += passes.operations;
    } while (nanos < leastMillis * 1_000_000L);
    return new Passes(operations, nanos);
  }

  private static Passes passes(Workload workload, SubjectFactory subjects) {
    long nanos = 0;
    long operations = 0;
    do {
      nanos += workload.pass(subjects);
      operations += workload.operations();
    } while (nanos < workload.leastNanos());
    return new Passes(operations, nanos);
  }

  private void latency(Workload workload) {
    LatencyRun run = new LatencyRun(subjects);
    passes(workload, run.timing());
    run.reset();
    passes(workload, run.timing());
    run.words().forEach((key, word) -> result.add(key + "=" + word));
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
