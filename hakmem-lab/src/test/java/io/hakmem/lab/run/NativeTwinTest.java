// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.lab.run.NativePrograms.Variant;
import io.hakmem.lab.subject.CountingSubject;
import io.hakmem.lab.subject.MallocSubject;
import io.hakmem.lab.workload.IdleWorkload;
import io.hakmem.lab.workload.PublishedCounts;
import io.hakmem.lab.workload.ThreadedReplay;
import io.hakmem.lab.workload.TraceFiles;
import io.hakmem.lab.workload.TraceReplay;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The C twin asks for exactly what the Java workloads ask for. Needs a C compiler. */
class NativeTwinTest {
  private static final NativePrograms PROGRAMS = new NativePrograms();

  @TempDir Path folder;

  static List<PublishedCounts> published() {
    return PublishedCounts.all();
  }

  @ParameterizedTest
  @MethodSource("published")
  void randomMixed_reproducesPublishedCounts(PublishedCounts expected) throws Exception {
    Map<String, String> counts = count(0, "random-mixed", expected.arguments());
    assertEquals("" + expected.allocations(), counts.get("allocations"));
    assertEquals("" + expected.allocations(), counts.get("frees"));
    assertEquals("" + expected.largeRequests(), counts.get("largeRequests"));
    assertEquals("" + expected.peakLiveBlocks(), counts.get("peakLiveBlocks"));
    assertEquals("" + expected.peakLiveBytes(), counts.get("peakLiveBytes"));
    assertEquals("" + expected.requestedBytes(), counts.get("requestedBytes"));
    assertEquals("" + expected.lastState(), counts.get("lastState"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "random-mixed 100000 100 7 64",
        "random-mixed 100000 100 7 64 200",
        "pair 100000 48",
        "producer-consumer 100 64 42",
        "burst-idle 100000 48",
        "keep-one-in-20 10000 100 7",
        "tiny-hot 48 70 500",
        "mleak 1",
        "huge-realloc 20 3 0",
        "glibc-simple 3000",
        "malloc-large 30 1",
        "malloc-large 300 0",
        "comprehensive 10",
        "arena 7 300",
        "cfrac 1000000016000000063 40",
        "cfrac 47844164584860002377073651 100"
      })
  void others_askForWhatJavaAsksFor(String line) throws Exception {
    assertSameOrder(parse(line, OptionalInt.empty()), 0);
  }

  /** Some of them end after a time: the first operations are always the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "larson 1 8 1000 500 10 4141",
        "sh6-like 1000 5",
        "alloc-test 100000",
        "glibc-thread 1",
        "mid-large-mt 100000 500 7",
        "cache-scratch 10 8 30000",
        "cache-thrash 10 8 30000",
      })
  void threaded_askForWhatJavaAsksFor(String line) throws Exception {
    for (int threads = 1; threads <= 3; threads++) {
      assertSameOrder(parse(line, OptionalInt.of(threads)).first(100_000), 100_000);
    }
  }

  /** The order in which blocks are freed depends on when others hand them over. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "xmalloc-test 1 64",
        "xmalloc-test 1 -1",
        "sh8-like 1000 70000 20000 2",
      })
  void handingOver_asksForWhatJavaAsksFor(String line) throws Exception {
    for (int threads = 1; threads <= 3; threads++) {
      Workload workload = parse(line, OptionalInt.of(threads)).first(100_000);
      Counts counts = assertSame(workload, 100_000);
      assertEquals(workload.operations(), number(counts.twin, "operations"));
    }
  }

  /** So does which of mstress's blocks come back by exchange, and when. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mstress 2 10",
        "rptest 0 0 2 100 1000 100 8 16000",
        "rptest 0 1 3 100 1000 50 16 20000",
        "rptest 0 2 1 100 100 100 8 16000"
      })
  void exchanging_asksForWhatJavaAsksFor(String line) throws Exception {
    for (int threads = 1; threads <= 3; threads++) {
      Workload workload = parse(line, OptionalInt.of(threads)).first(20_000);
      Counts counts = assertSame(workload, 20_000);
      assertEquals(workload.operations(), number(counts.twin, "operations"));
    }
  }

  /** So does who frees a block, if a ring may be full or the receiver at its end. */
  @ParameterizedTest
  @ValueSource(
      strings = {"mt-remote 100000 400 16 2048 50 65536", "mt-remote 100000 400 16 2048 90 16"})
  void mtRemote_asksForWhatJavaAsksFor(String line) throws Exception {
    for (int threads = 1; threads <= 3; threads++) {
      assertSame(parse(line, OptionalInt.of(threads)).first(100_000), 100_000);
    }
  }

  private static Workload parse(String line, OptionalInt threads) {
    List<String> words = List.of(line.split(" ", -1));
    return WorkloadCatalog.parse(words.getFirst(), words.subList(1, words.size()), threads);
  }

  @Test
  void burstOfTraceSizes_asksForWhatJavaAsksFor() throws Exception {
    String trace = TraceFiles.sample().write(folder).toString();
    String other = TraceFiles.sample().write(folder).toString();
    assertSameOrder(WorkloadCatalog.parse("burst-idle", List.of("100000", trace, other)), 0);
  }

  @Test
  void replay_asksForWhatJavaAsksFor() throws Exception {
    assertSameOrder(
        TraceReplay.ofRecorded(TraceFiles.sample().write(folder), folder.resolve("packed")), 0);
  }

  @Test
  void threadedReplay_asksForWhatJavaAsksFor() throws Exception {
    Path trace = TraceFiles.ofTwoThreads().write(folder);
    assertSameOrder(ThreadedReplay.ofRecorded(trace, folder.resolve("packed")), 0);
    assertSameOrder(ThreadedReplay.ofRecorded(trace, folder.resolve("packed")).first(4), 4);
  }

  /** Compares what is asked for and the order of every thread's calls. */
  private static void assertSameOrder(Workload workload, long first) throws Exception {
    Counts counts = assertSame(workload, first);
    assertEquals(
        sum(counts.subjects, CountingSubject::freeOrder), number(counts.twin, "freeOrder"));
    assertEquals(workload.operations(), number(counts.twin, "operations"));
  }

  private record Counts(List<CountingSubject> subjects, Map<String, String> twin) {}

  /** Compares what is asked for, and the order of every thread's allocations. */
  private static Counts assertSame(Workload workload, long first) throws Exception {
    Map<String, String> twin = count(first, workload.name(), workload.childArguments());
    List<CountingSubject> subjects = new ArrayList<>();
    workload.pass(
        slotCount -> {
          CountingSubject subject = counting(workload, slotCount);
          synchronized (subjects) {
            subjects.add(subject);
          }
          return subject;
        });
    assertEquals(sum(subjects, CountingSubject::allocations), number(twin, "allocations"));
    assertEquals(sum(subjects, CountingSubject::frees), number(twin, "frees"));
    assertEquals(sum(subjects, CountingSubject::requestedBytes), number(twin, "requestedBytes"));
    assertEquals(sum(subjects, CountingSubject::allocationOrder), number(twin, "allocationOrder"));
    if (subjects.size() == 1) {
      CountingSubject only = subjects.getFirst();
      assertEquals(only.peakLiveBlocks(), number(twin, "peakLiveBlocks"));
      assertEquals(only.peak().liveBytes(), number(twin, "peakLiveBytes"));
    }
    if (workload instanceof IdleWorkload idle) {
      CountingSubject fresh = new CountingSubject((int) idle.operations());
      idle.fill(fresh);
      assertEquals(idle.release(fresh), number(twin, "freedBytes"));
    }
    return new Counts(subjects, twin);
  }

  private static CountingSubject counting(Workload workload, int slotCount) {
    return workload.needsRealBlocks()
        ? new CountingSubject(slotCount, new MallocSubject(slotCount))
        : new CountingSubject(slotCount);
  }

  private static long number(Map<String, String> counts, String key) {
    return Long.parseUnsignedLong(counts.getOrDefault(key, "none"));
  }

  private static long sum(List<CountingSubject> subjects, ToLongFunction<CountingSubject> value) {
    return subjects.stream().mapToLong(value).sum();
  }

  /** Counts the first operations, or all if that is 0. */
  private static Map<String, String> count(long first, String workload, List<String> arguments)
      throws Exception {
    List<String> words = new ArrayList<>();
    words.add(PROGRAMS.program(Variant.PROBE).toString());
    words.addAll(List.of("count", "" + first, workload));
    words.addAll(arguments);
    return new ChildProcess(ChildProcess.RUN_LIMIT).results(new Command(words));
  }
}
