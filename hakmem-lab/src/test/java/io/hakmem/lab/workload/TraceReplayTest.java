// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.subject.CountingSubject;
import io.hakmem.lab.subject.Peak;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReplayTest {
  @TempDir Path folder;

  @Test
  void pass_freesWhatTheProgramLeft() {
    CountingSubject counts = DryRun.of(replay(TraceFiles.sample().write(folder)));
    assertEquals(5, counts.allocations(), "reallocations count");
    assertEquals(3, counts.frees());
  }

  @Test
  void peak_isWhereMostRequestedBytesAreLive() {
    assertEquals(Optional.of(new Peak(4, 1300)), replay(TraceFiles.sample().write(folder)).peak());
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite,858692,1317,8.0",
    "cc1plus,1500000,38458,5.8",
    "redis,1500000,159518,9.8",
    "node,2000000,388810,154"
  })
  void recordedTraces_areWhatTheirTableSays(
      String name, long events, long liveBlocks, double liveMiB) {
    Workload replay = replay(traces().resolve(name + ".trace.gz"));
    CountingSubject counts = DryRun.of(replay);
    assertEquals(events, replay.operations());
    assertEquals(liveBlocks, counts.peakLiveBlocks());
    assertEquals(liveMiB, counts.peak().liveBytes() / 1024.0 / 1024, liveMiB > 100 ? 0.5 : 0.05);
  }

  private Workload replay(Path recorded) {
    return TraceReplay.ofRecorded(recorded, folder.resolve("packed"));
  }

  /** The folder in the project's root; tests run in the module's. */
  private static Path traces() {
    Path traces = Path.of("").toAbsolutePath().resolveSibling("traces");
    assertTrue(Files.isDirectory(traces), () -> traces + " is missing");
    return traces;
  }
}
