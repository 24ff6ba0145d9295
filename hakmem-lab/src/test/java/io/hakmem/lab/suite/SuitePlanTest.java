// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.run.ProjectFolder;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.suite.SuiteWorkload.Mark;
import io.hakmem.lab.workload.TraceReplay;
import io.hakmem.lab.workload.WorkloadCatalog;
import io.hakmem.lab.workload.WorkloadType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SuitePlanTest {
  private static final SubjectCatalog CATALOG = new SubjectCatalog(Map.of());

  @Test
  void full_hasEveryWorkloadAndEveryTrace() throws IOException {
    Set<String> names =
        SuitePlan.full().workloads().stream().map(SuiteWorkload::name).collect(Collectors.toSet());
    for (WorkloadType type : WorkloadCatalog.all()) {
      assertTrue(names.contains(type.name()), type.name());
    }
    Path traces = ProjectFolder.locate().orElseThrow().resolve("traces");
    try (Stream<Path> files = Files.list(traces)) {
      assertEquals(
          files
              .map(file -> "traces/" + file.getFileName())
              .filter(file -> file.endsWith(".trace.gz"))
              .sorted()
              .toList(),
          SuitePlan.full().workloads().stream()
              .filter(line -> line.name().equals(TraceReplay.NAME))
              .map(line -> line.arguments().getFirst())
              .sorted()
              .toList());
    }
  }

  @Test
  void everyLine_isAWorkloadWithALabelOfItsOwn() {
    for (SuitePlan plan : List.of(SuitePlan.quick(), SuitePlan.full())) {
      plan.workloads().stream()
          .filter(line -> !line.name().equals(TraceReplay.NAME))
          .forEach(line -> WorkloadCatalog.parse(line.name(), line.arguments(), line.threads()));
      long labels = plan.workloads().stream().map(SuiteWorkload::label).distinct().count();
      assertEquals(plan.workloads().size(), labels);
    }
  }

  @Test
  void quick_isTenWorkloadsBySevenSubjectsAndThePlantedOne() {
    SuitePlan plan = SuitePlan.quick();
    assertEquals(10, plan.workloads().size());
    assertEquals(3, plan.runs().timed());
    for (SuiteWorkload line : plan.workloads()) {
      List<String> names = names(plan.subjects(line, CATALOG, List.of()));
      assertEquals(line.isAllocatorBound() ? 8 : 7, names.size(), names::toString);
      assertTrue(names.containsAll(List.of("hakmem", "native-mimalloc")));
      assertEquals(line.isAllocatorBound(), names.contains("hakmem-planted"), line::label);
    }
  }

  @Test
  void full_hasTheOtherWaysOfTheJvmOnSixWorkloads() {
    SuitePlan plan = SuitePlan.full();
    assertEquals(5, plan.runs().timed());
    List<String> natives =
        names(CATALOG.defaults()).stream().filter(name -> name.startsWith("native-")).toList();
    List<String> rivals =
        names(CATALOG.all()).stream()
            .filter(name -> name.startsWith("jvm-") && !name.equals("jvm-arena-shared"))
            .filter(name -> !name.equals("jvm-parquet-direct"))
            .toList();
    assertTrue(natives.size() > 3 && rivals.size() > 2, () -> natives + " " + rivals);
    int withRivals = 0;
    for (SuiteWorkload line : plan.workloads()) {
      List<String> names = names(plan.subjects(line, CATALOG, List.of()));
      assertEquals(names.stream().distinct().toList(), names);
      assertTrue(names.containsAll(List.of("hakmem", "jvm-null")), line::label);
      assertEquals(line.isAllocatorBound(), names.contains("hakmem-planted"), line::label);
      assertTrue(names.containsAll(natives), line::label);
      assertEquals(
          line.marks().contains(Mark.ARENAS), names.contains("jvm-arena-shared"), line::label);
      assertEquals(names.contains("jvm-malloc"), names.containsAll(rivals), line::label);
      withRivals += names.contains("jvm-malloc") ? 1 : 0;
    }
    assertEquals(6, withRivals);
  }

  @Test
  void full_hasEachAdapterBesideWhatItReplaces() {
    Map<String, String> replaced =
        Map.of(
            "hakmem-netty", "jvm-netty-adaptive",
            "hakmem-arrow", "jvm-arrow-netty",
            "hakmem-parquet", "jvm-parquet-direct",
            "hakmem-ignite", "jvm-ignite-unsafe",
            "hakmem-lwjgl", "jvm-lwjgl-mimalloc");
    for (Map.Entry<String, String> each : replaced.entrySet()) {
      String adapter = each.getKey();
      List<List<String>> lines =
          SuitePlan.full().workloads().stream()
              .map(line -> names(SuitePlan.full().subjects(line, CATALOG, List.of())))
              .filter(names -> names.contains(adapter) || names.contains(each.getValue()))
              .toList();
      assertEquals(adapter.equals("hakmem-parquet") ? 2 : 6, lines.size(), adapter);
      assertTrue(
          lines.stream()
              .allMatch(
                  names -> names.containsAll(List.of(adapter, each.getValue(), "jvm-malloc"))),
          adapter);
    }
  }

  @Test
  void chosenSubjects_areJoinedByHakmemAndThePlantedOne() {
    List<SubjectSpec> chosen = CATALOG.select(List.of("jvm-malloc", "hakmem"));
    for (SuiteWorkload line : SuitePlan.full().workloads()) {
      assertEquals(
          line.isAllocatorBound()
              ? List.of("hakmem", "hakmem-planted", "jvm-malloc")
              : List.of("hakmem", "jvm-malloc"),
          names(SuitePlan.full().subjects(line, CATALOG, chosen)));
    }
  }

  private static List<String> names(List<SubjectSpec> subjects) {
    return subjects.stream().map(SubjectSpec::name).toList();
  }
}
