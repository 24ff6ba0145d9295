// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.lab.subject.CountingSubject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RandomMixedTest {
  static List<PublishedCounts> published() {
    return PublishedCounts.all();
  }

  @ParameterizedTest
  @MethodSource("published")
  void pass_reproducesPublishedCounts(PublishedCounts expected) {
    RandomMixed workload = (RandomMixed) RandomMixed.parse(expected.arguments());
    CountingSubject counts = DryRun.of(workload);
    assertEquals(expected.allocations(), counts.allocations(), "allocations");
    assertEquals(expected.allocations(), counts.frees(), "frees");
    assertEquals(expected.freesInLoop() + expected.drained(), counts.frees(), "drained");
    assertEquals(expected.largeRequests(), counts.largeRequests(), "large requests");
    assertEquals(expected.peakLiveBlocks(), counts.peakLiveBlocks(), "peak live blocks");
    assertEquals(expected.peakLiveBytes(), counts.peak().liveBytes(), "peak live bytes");
    assertEquals(expected.requestedBytes(), counts.requestedBytes(), "requested bytes");
    assertEquals(expected.lastState(), Integer.toUnsignedLong(workload.lastState()), "last state");
  }

  @Test
  void sizes_areClampedNotRescaled() {
    Workload workload = RandomMixed.parse(List.of("100000", "256", "42", "64", "64"));
    CountingSubject counts = DryRun.of(workload);
    assertEquals(50_068, counts.allocations(), "the random numbers do not change");
    assertEquals(50_068 * 64, counts.requestedBytes());
  }

  @Test
  void arguments_leftOutAreTheDefaults() {
    assertEquals(List.of("20000000", "256", "42"), RandomMixed.parse(List.of()).arguments());
    assertEquals(
        List.of("7", "256", "42"), RandomMixed.parse(List.of("7")).arguments(), "cycles given");
    assertEquals(
        List.of("7", "8", "9", "32"),
        RandomMixed.parse(List.of("7", "8", "9", "32")).arguments(),
        "no upper limit");
  }

  @Test
  void first_cutsTheCyclesOnly() {
    Workload cut = RandomMixed.parse(List.of("20000000", "256", "42")).first(500_000);
    assertEquals(250_064, DryRun.of(cut).allocations());
    assertEquals(500_000, cut.operations());
  }
}
