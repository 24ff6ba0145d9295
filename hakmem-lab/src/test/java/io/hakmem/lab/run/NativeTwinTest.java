// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.lab.run.NativePrograms.Variant;
import io.hakmem.lab.subject.CountingSubject;
import io.hakmem.lab.workload.IdleWorkload;
import io.hakmem.lab.workload.PublishedCounts;
import io.hakmem.lab.workload.TraceFiles;
import io.hakmem.lab.workload.TraceReplay;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    Map<String, String> counts = count("random-mixed", expected.arguments());
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
        "keep-one-in-20 10000 100 7"
      })
  void others_askForWhatJavaAsksFor(String line) throws Exception {
    List<String> words = List.of(line.split(" ", -1));
    assertSame(WorkloadCatalog.parse(words.getFirst(), words.subList(1, words.size())));
  }

  @Test
  void burstOfTraceSizes_asksForWhatJavaAsksFor() throws Exception {
    String trace = TraceFiles.sample().write(folder).toString();
    String other = TraceFiles.sample().write(folder).toString();
    assertSame(WorkloadCatalog.parse("burst-idle", List.of("100000", trace, other)));
  }

  @Test
  void replay_asksForWhatJavaAsksFor() throws Exception {
    assertSame(TraceReplay.ofRecorded(TraceFiles.sample().write(folder), folder.resolve("packed")));
  }

  private static void assertSame(Workload workload) throws Exception {
    Map<String, String> twin = count(workload.name(), workload.childArguments());
    List<CountingSubject> subjects = new ArrayList<>();
    workload.pass(
        slotCount -> {
          CountingSubject subject = new CountingSubject(slotCount);
          synchronized (subjects) {
            subjects.add(subject);
          }
          return subject;
        });
    assertEquals("" + sum(subjects, CountingSubject::allocations), twin.get("allocations"));
    assertEquals("" + sum(subjects, CountingSubject::frees), twin.get("frees"));
    assertEquals("" + sum(subjects, CountingSubject::requestedBytes), twin.get("requestedBytes"));
    if (subjects.size() == 1) {
      CountingSubject only = subjects.getFirst();
      assertEquals("" + only.peakLiveBlocks(), twin.get("peakLiveBlocks"));
      assertEquals("" + only.peak().liveBytes(), twin.get("peakLiveBytes"));
    }
    if (workload instanceof IdleWorkload idle) {
      CountingSubject fresh = new CountingSubject((int) idle.operations());
      idle.fill(fresh);
      assertEquals("" + idle.release(fresh), twin.get("freedBytes"));
    }
  }

  private static long sum(List<CountingSubject> subjects, ToLongFunction<CountingSubject> value) {
    return subjects.stream().mapToLong(value).sum();
  }

  private static Map<String, String> count(String workload, List<String> arguments)
      throws Exception {
    List<String> words = new ArrayList<>();
    words.add(PROGRAMS.program(Variant.PROBE).toString());
    words.addAll(List.of("count", workload));
    words.addAll(arguments);
    return new ChildProcess(Duration.ofMinutes(1)).results(new Command(words));
  }
}
