// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.measure.Profiler;
import io.hakmem.lab.profile.ProfileReport.Paths;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.run.ProfileSamples;
import io.hakmem.lab.run.ProfileSamples.ClassHits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
  /** 100 samples. */
  private static final String STACKS =
      """
      start;io.hakmem.lab.X.steps_[j] 40
      start;io.hakmem.lab.X.steps_[j];io.hakmem.Hakmem.allocate_[i] 10
      start;io.hakmem.lab.X.steps_[j];io.hakmem.Hakmem.allocate_[i];java.lang.Y.get_[i] 6
      start;io.hakmem.lab.X.steps_[j];io.hakmem.Hakmem.allocate_[i];io.hakmem.depot.Depot.refill_[j] 4
      start;io.hakmem.lab.X.steps_[j];io.hakmem.Hakmem.free_[i];io.hakmem.superslab.PageMap.entry_[i];\
      io.hakmem.memory.Memory.getInt_[i] 20
      start;io.hakmem.lab.X.steps_[j];io.hakmem.Hakmem.free_[i];io.hakmem.depot.Depot.give_[j] 10
      start;io.hakmem.lab.X.steps_[j];asm_exc_page_fault_[k];clear_page_erms_[k] 7
      start;io.hakmem.lab.X.steps_[j];asm_exc_page_fault_[k];handle_mm_fault_[k] 3
      """;

  @TempDir Path folder;

  @Test
  void report_addsTheSamplesUp() {
    ProfileReport report = report(STACKS, Profiler.PERF_EVENTS);
    assertEquals(100, report.samples());
    assertEquals("io.hakmem.lab.X.steps", report.functions().getFirst().name());
    assertEquals(40, report.functions().getFirst().percent(), 1e-9);
    assertEquals("io.hakmem.superslab.PageMap.entry", report.functions().get(1).name());
    assertEquals("io.hakmem.Hakmem.allocate", report.functions().get(2).name());
    assertEquals(16, report.functions().get(2).percent(), 1e-9, "with what the JDK does in it");
    assertEquals(new Paths(20, 30, 1.5, 50, 20, 40, 4, 10), report.paths());
    assertEquals(10.0, report.kernelPercent());
    assertEquals(7.0, report.kernel().get("zeroing"));
    assertEquals(3.0, report.kernel().get("page faults"));
    assertEquals(
        1, report.callGraphs().getOrDefault("io.hakmem.depot.Depot.give", Map.of()).size());
  }

  @Test
  void report_ofATimer_neverSaysThatTheKernelTakesNothing() {
    ProfileReport report = report(STACKS, Profiler.TIMER);
    assertNull(report.kernelPercent());
    assertTrue(report.kernel().isEmpty());
    assertTrue(ProfileMarkdown.of(report).contains("Not seen: `ctimer`"));
    assertTrue(report.limits().stream().anyMatch(limit -> limit.contains("kernel frames")));
  }

  @Test
  void recommendations_followFromTheNumbers() {
    List<String> conclusions =
        report(STACKS, Profiler.PERF_EVENTS).recommendations().stream()
            .map(ProfileReport.Recommendation::conclusion)
            .toList();
    assertEquals(4, conclusions.size(), conclusions::toString); // caches, kernel, checks, free
    List<ProfileReport.Recommendation> quiet =
        report("a_[j];io.hakmem.Hakmem.allocate_[i] 100", Profiler.PERF_EVENTS).recommendations();
    assertEquals("larger front caches will not pay", quiet.getFirst().conclusion());
    assertEquals(1, quiet.size());
  }

  @Test
  void markdown_hasEverySectionAndThePageHoldsItself() throws Exception {
    ProfileReport report = report(STACKS, Profiler.PERF_EVENTS);
    String text = ProfileMarkdown.of(report);
    for (String section :
        List.of(
            "Configuration",
            "Throughput",
            "Top functions",
            "Paths of the allocator",
            "Kernel",
            "Front cache hits",
            "Calls of the system",
            "Call graphs",
            "Limits of this profile",
            "Recommendations")) {
      assertTrue(text.contains("## " + section + "\n"), section);
    }
    assertTrue(text.contains("| 16 B | 1000 | 5 | 99.500 % |"), text);
    Path page = folder.resolve("index.html");
    ProfilePage.write(page, report);
    assertTrue(!Files.readString(page).contains("/*@"), "a place is left empty");
  }

  @Test
  void outOfLine_namesTheHotFunctionsOfTheAllocator() {
    List<String> flags = ProfileReports.outOfLineFlags(samples(STACKS, Profiler.PERF_EVENTS));
    assertTrue(flags.contains("-XX:CompileCommand=dontinline,io.hakmem.Hakmem::allocate"));
    assertTrue(flags.stream().noneMatch(flag -> flag.contains("hakmem.lab")), flags::toString);
  }

  @Test
  void profile_ofAPlantedFunction_findsItsShare() throws Exception {
    Path stacks = folder.resolve("stacks");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+DebugNonSafepoints",
                "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=dontinline," + PlantedProgram.class.getName() + "::*",
                "-cp",
                System.getProperty("java.class.path"),
                PlantedProgram.class.getName(),
                stacks.toString())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), output);
    double truth = Double.parseDouble(output);
    Shares shares = new Shares(Stack.parse(Files.readString(stacks)));
    String planted = PlantedProgram.class.getName() + ".planted";
    String first = shares.functions(1).keySet().iterator().next();
    assertEquals(planted, Stack.name(first), "truth: " + truth);
    double inPlanted = shares.of(stack -> stack.has(it -> it.startsWith(planted)));
    double inBoth =
        shares.of(stack -> stack.has(it -> it.startsWith(PlantedProgram.class.getName() + ".o")))
            + inPlanted;
    assertEquals(truth, 100 * inPlanted / inBoth, 3, "percent of the program's own time");
  }

  private static ProfileReport report(String stacks, String engine) {
    return ProfileReports.of(
        new ProfileReports.Head(
            "random-mixed",
            "./hakmem profile random-mixed",
            "java",
            new EnvironmentReport(
                "a processor", 2, "a kernel", "a JDK", List.of(), null, null, null)),
        samples(stacks, engine),
        Optional.empty(),
        Map.of("hakmem", 90e6, "native-glibc", 60e6));
  }

  private static ProfileSamples samples(String stacks, String engine) {
    return new ProfileSamples(
        engine,
        "4.6",
        1_000_000,
        1_000,
        100,
        stacks,
        new TreeMap<>(Map.of("advise", 2L)),
        List.of(new ClassHits(16, 1_000, 5)));
  }
}
