// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InProcessRunsTest {
  private static final Arm LARGE = arm("64");
  private static final Arm SMALL = arm("2");

  private static Arm arm(String capacity) {
    return Arms.of(List.of("HAKMEM_TINY_FAST_CAP=" + capacity + ",3"), List.of()).getFirst();
  }

  @Test
  void arms_areAllocatorsWithKnobsOfTheirOwn() throws Exception {
    try (InProcessRuns runs = runs("random-mixed 100000 256 42", 60)) {
      Timed large = runs.timed(LARGE, false);
      Timed small = runs.timed(SMALL, false);
      Timed twin = runs.timed(LARGE, true);
      Timed again = runs.timed(LARGE, false);
      assertTrue(misses(small) > 10 * misses(large), "two blocks miss more often than 64");
      assertTrue(misses(small) > 10 * misses(twin), "the twin is as the baseline");
      assertEquals(large.operations(), again.operations());
      assertEquals(100_000, large.operations());
      assertTrue(large.nanos() > 0 && again.resources().isPresent());
    }
  }

  @Test
  void run_thatHangs_isEnded() {
    try (InProcessRuns runs = runs("random-mixed 100000000000", 1)) {
      RunFailure failure = assertThrows(RunFailure.class, () -> runs.timed(LARGE));
      assertEquals("no answer within 1 s", failure.reason());
      assertThrows(RunFailure.class, () -> runs.timed(SMALL));
    }
  }

  private static long misses(Timed run) {
    return run.counters().getOrDefault("misses", 0L);
  }

  private static InProcessRuns runs(String words, int limitSeconds) {
    List<String> all = List.of(words.split(" ", -1));
    Workload workload = WorkloadCatalog.parse(all.getFirst(), all.subList(1, all.size()));
    return new InProcessRuns(
        new GivenArms(1, 0.1),
        workload,
        JvmOptions.NONE,
        new AbPlan(1, 0, 1, true),
        Duration.ofSeconds(limitSeconds));
  }
}
