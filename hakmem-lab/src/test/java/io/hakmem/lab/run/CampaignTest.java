// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.measure.PageFaults;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CampaignTest {
  private static final Workload WORKLOAD =
      WorkloadCatalog.parse("random-mixed", List.of("500000", "256", "42"));
  private static final String ANSWER =
      "echo result nanos=1000 operations=100 initNanos=5 heapBytes=7 peakRssKiB=9"
          + " committedBytes=11 minorFaults=13 majorFaults=2 osCalls.advise=17 counters.refaults=19"
          + " allocateLatency=40:3,90:1 freeLatency=30:4 clockLatency=20:1";

  private final List<String> log = new ArrayList<>();

  @Test
  void run_givesEverySubjectItsRunsAndTheFirstATwin() {
    CampaignResult result =
        run(3, contender("native-glibc", ANSWER), contender("native-null", ANSWER));
    assertEquals(3, result.subjects().getFirst().timed().size());
    assertEquals(3, result.subjects().getLast().timed().size());
    assertEquals(3, result.subjects().getFirst().cold().size());
    SubjectSamples.Timed timed = result.subjects().getFirst().timed().getFirst();
    assertEquals(new PageFaults(13, 2), timed.faults());
    assertEquals(Map.of("advise", 17L), timed.osCalls());
    assertEquals(OptionalLong.of(19), timed.refaults());
    SubjectSamples twin = result.twin().orElseThrow();
    assertEquals("native-glibc", twin.spec().name());
    assertEquals(3, twin.timed().size());
    assertTrue(twin.cold().isEmpty() && twin.memory().isEmpty(), "the twin is timed only");
    assertEquals(3, twin.latencies().size(), "latency is time");
    assertEquals(4, twin.latencies().getFirst().allocate().getTotalCount());
    assertEquals(3, result.subjects().getLast().latencies().size(), "what the machine adds");
  }

  @Test
  void run_prefersHakmemForTheTwin() {
    CampaignResult result = run(1, contender("native-glibc", ANSWER), contender("hakmem", ANSWER));
    assertEquals("hakmem", result.twin().orElseThrow().spec().name());
  }

  @Test
  void run_measuresMemoryAtPeakLiveAndNotOfTheBareLoop() {
    CampaignResult result =
        run(1, contender("native-glibc", ANSWER), contender("native-null", ANSWER));
    SubjectSamples.Memory memory = result.subjects().getFirst().memory().orElseThrow();
    assertEquals(OptionalLong.of(91_602), memory.liveBytes());
    assertEquals(OptionalLong.of(11), memory.committedBytes());
    assertEquals(9, memory.peakRssKiB());
    assertTrue(result.subjects().getLast().memory().isEmpty());
  }

  @Test
  void run_interleavesTheSubjects() {
    run(4, contender("native-glibc", ANSWER), contender("native-null", ANSWER));
    for (int round = 0; round < 4; round++) {
      List<String> runs = log.subList(round * 3, round * 3 + 3);
      assertEquals(3, runs.stream().filter(line -> line.endsWith("timed")).count());
      assertEquals(2, runs.stream().filter(line -> line.startsWith("native-glibc")).count());
    }
  }

  @Test
  void run_keepsOtherResultsWhenASubjectFails() {
    CampaignResult result =
        run(2, contender("hakmem", "echo oops >&2; exit 1"), contender("native-glibc", ANSWER));
    SubjectSamples failed = result.subjects().getFirst();
    assertTrue(failed.timed().isEmpty());
    assertEquals("exit status 1: oops", failed.failures().getFirst());
    assertEquals(2, result.subjects().getLast().timed().size());
  }

  @Test
  void run_leavesAGapInTheRoundOfAFailure(@TempDir Path folder) {
    String onlyOnce = "test -e ran || { touch ran; exit 1; }; ";
    CampaignResult result =
        run(
            2,
            contender("native-glibc", ANSWER),
            contender("native-null", "cd " + folder + "; " + onlyOnce + ANSWER));
    SubjectSamples failed = result.subjects().getLast();
    assertArrayEquals(new double[] {Double.NaN, 10}, failed.nanosByRound());
    assertArrayEquals(new double[] {10}, failed.nanosPerOperation());
    assertEquals(1, failed.failures().size());
  }

  private CampaignResult run(int rounds, Contender... contenders) {
    return new Campaign(
            WORKLOAD,
            Runs.ofBench(rounds, true),
            (run, runs, subject, mode) -> log.add(subject + " " + mode))
        .run(List.of(contenders));
  }

  private static Contender contender(String subject, String script) {
    SubjectSpec spec = new SubjectCatalog(Map.of()).select(List.of(subject)).getFirst();
    return new Contender(spec, request -> new Command(List.of("sh", "-c", script)));
  }
}
