// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.Runs;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.suite.SuitePlan;
import io.hakmem.lab.suite.SuiteReport;
import io.hakmem.lab.suite.SuiteWorkload;
import io.hakmem.lab.suite.SuiteWorkload.Mark;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The suite from end to end with runs that are too short to say anything. */
class SuiteRunTest {
  @Test
  void run_measuresEveryLineAndKeepsTheOthersWhenOneFails() throws Exception {
    SuitePlan plan =
        new SuitePlan(
            "tiny",
            List.of(
                line("random-mixed", "50000", "256", "42"),
                line("no such workload"),
                line("replay", "traces/no-such.trace.gz"),
                line("pair", "50000")),
            new Runs(2, 0, 0, 1, 0));
    ProgressLine progress = new ProgressLine(new PrintWriter(new StringWriter()));
    SubjectCatalog catalog = new SubjectCatalog(Map.of("x", "/no/such.so"));
    List<SubjectSpec> chosen = catalog.select(List.of("native-glibc", "native-x"));
    List<SuiteReport> kept = new ArrayList<>();
    SuiteReport report =
        new SuiteRun(plan, new Measurer(JvmOptions.NONE, progress), progress)
            .run("./hakmem suite --tiny", it -> plan.subjects(it, catalog, chosen), kept::add);
    assertEquals(
        List.of("random-mixed", "pair"),
        report.workloads().stream().map(BenchReport::workload).toList());
    assertEquals(
        List.of("no such workload", "replay"),
        report.failures().stream().map(SuiteReport.Failure::workload).toList());
    for (BenchReport workload : report.workloads()) {
      assertEquals(
          List.of("hakmem", "hakmem-planted", "native-glibc"),
          workload.results().stream().map(BenchReport.SubjectReport::subject).toList());
      assertEquals(2, workload.results().getFirst().runs());
      assertEquals("native-x", workload.unavailable().getFirst().subject());
      assertNotNull(workload.noiseFloorPercent());
    }
    assertEquals(2, report.standings().getFirst().time().workloads());
    assertNotNull(report.control());
    assertEquals("./hakmem suite --tiny", report.command());
    assertEquals(List.of(1, 1, 1, 2), kept.stream().map(it -> it.workloads().size()).toList());
    assertTrue(
        kept.get(2).faults().contains("it was stopped after 3 of 4 workloads"),
        () -> kept.get(2).faults().toString());
    assertFalse(kept.get(3).faults().toString().contains("stopped"));
  }

  private static SuiteWorkload line(String name, String... arguments) {
    return new SuiteWorkload(
        name, name, List.of(arguments), OptionalInt.empty(), Set.of(Mark.ALLOCATOR_BOUND));
  }
}
