// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.measure.Latencies;
import io.hakmem.lab.run.SubjectSamples.Latency;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencyReportTest {
  private static final Histogram CLOCK = Latencies.decode("20:999,150:1");

  @Test
  void percentiles_areThoseOfTheCallsLessTheClock() {
    Histogram calls = Latencies.decode("40:9900,50:99,200:1");
    LatencyReport report = LatencyReport.of(List.of(run(calls, Latencies.decode("10:10"))));
    assertEquals(new Summary(20, 20, 20), report.allocate().p50());
    assertEquals(new Summary(30, 30, 30), report.allocate().p9999());
    assertEquals(new Summary(20, 20, 20), report.allocate().p99());
    assertEquals(new Summary(180, 180, 180), report.allocate().max());
    assertEquals(new Summary(0, 0, 0), report.free().max(), "never less than nothing");
    assertEquals(20, report.clockNanos());
    assertEquals(150, report.clockP9999());
  }

  @Test
  void runs_areSummedUpByTheirMedian() {
    LatencyReport report =
        LatencyReport.of(List.of(run("100:1", "30:1"), run("220:1", "40:1"), run("120:1", "50:1")));
    assertEquals(3, report.runs());
    assertEquals(new Summary(100, 80, 200), report.allocate().p9999());
    assertEquals(new Summary(20, 10, 30), report.free().max());
  }

  private static Latency run(String allocate, String free) {
    return run(Latencies.decode(allocate), Latencies.decode(free));
  }

  private static Latency run(Histogram allocate, Histogram free) {
    return new Latency(allocate, free, CLOCK);
  }
}
