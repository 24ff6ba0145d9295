// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.measure.Latencies;
import io.hakmem.lab.subject.LatencySubject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The latency run of a JVM child; apart, so that a timed run does not load what only this needs.
 */
final class LatencyRun {
  static final String ALLOCATE = "allocateLatency";
  static final String FREE = "freeLatency";
  static final String CLOCK = "clockLatency";

  /** The histograms of a thread; those of a thread that has ended are the next new thread's. */
  private static final class Owned {
    final Histogram allocations = Latencies.empty();
    final Histogram frees = Latencies.empty();
    Thread owner = Thread.currentThread();
  }

  private final SubjectFactory subjects;
  private final List<Owned> all = new ArrayList<>();

  LatencyRun(SubjectFactory subjects) {
    this.subjects = subjects;
  }

  /** Makes subjects that record here. */
  SubjectFactory timing() {
    return slotCount -> {
      Owned owned = own();
      return new LatencySubject(subjects.open(slotCount), owned.allocations, owned.frees);
    };
  }

  private synchronized Owned own() {
    for (Owned owned : all) {
      if (owned.owner == Thread.currentThread() || !owned.owner.isAlive()) {
        owned.owner = Thread.currentThread();
        return owned;
      }
    }
    Owned owned = new Owned();
    all.add(owned);
    return owned;
  }

  /** Forgets what was recorded; no other thread may be at work. */
  synchronized void reset() {
    for (Owned owned : all) {
      owned.allocations.reset();
      owned.frees.reset();
    }
  }

  /** The words for the result line; no other thread may be at work. */
  synchronized Map<String, String> words() {
    Histogram allocations = Latencies.empty();
    Histogram frees = Latencies.empty();
    for (Owned owned : all) {
      allocations.add(owned.allocations);
      frees.add(owned.frees);
    }
    return Map.of(
        ALLOCATE, Latencies.encode(allocations),
        FREE, Latencies.encode(frees),
        CLOCK, Latencies.encode(Latencies.ofClock()));
  }
}
