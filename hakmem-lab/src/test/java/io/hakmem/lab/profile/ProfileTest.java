// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.measure.Profiler;
import io.hakmem.lab.profile.ProfileReport.Paths;
import io.hakmem.lab.run.OsCallCheck;
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
  @TempDir Path folder;

  @Test
  void report_addsTheSamplesUp() {
    ProfileReport report = GivenProfile.report(GivenProfile.STACKS, Profiler.PERF_EVENTS);
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
    ProfileReport report = GivenProfile.report(GivenProfile.STACKS, Profiler.TIMER);
    assertNull(report.kernelPercent());
    assertTrue(report.kernel().isEmpty());
    assertTrue(ProfileMarkdown.of(report).contains("Not seen: `ctimer`"));
    assertTrue(report.limits().stream().anyMatch(limit -> limit.contains("kernel frames")));
  }

  @Test
  void recommendations_followFromTheNumbers() {
    List<String> conclusions =
        GivenProfile.report(GivenProfile.STACKS, Profiler.PERF_EVENTS).recommendations().stream()
            .map(ProfileReport.Recommendation::conclusion)
            .toList();
    assertEquals(4, conclusions.size(), conclusions::toString); // caches, kernel, checks, free
    List<ProfileReport.Recommendation> quiet =
        GivenProfile.report("a_[j];io.hakmem.Hakmem.allocate_[i] 100", Profiler.PERF_EVENTS)
            .recommendations();
    assertEquals("larger front caches will not pay", quiet.getFirst().conclusion());
    assertEquals(1, quiet.size());
  }

  @Test
  void markdown_hasEverySectionAndThePageHoldsItself() throws Exception {
    ProfileReport report = GivenProfile.report(GivenProfile.STACKS, Profiler.PERF_EVENTS);
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
            "Assembly",
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
  void calls_areEqualOnlyIfTheKernelSaysSo() {
    assertTrue(GivenProfile.calls(2).agrees());
    assertFalse(GivenProfile.calls(3).agrees() || GivenProfile.calls(1).agrees());
    OsCallCheck refused =
        new OsCallCheck(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), "perf is not here");
    assertFalse(refused.agrees(), "nobody was asked");
    TreeMap<String, Long> least = new TreeMap<>(Map.of("advise", 2L));
    TreeMap<String, Long> most = new TreeMap<>(Map.of("advise", 4L));
    TreeMap<String, Long> traced = new TreeMap<>(Map.of("advise", 3L));
    assertTrue(new OsCallCheck(least, most, traced, null).agrees(), "purged meanwhile");
    String text = ProfileMarkdown.of(GivenProfile.example());
    assertTrue(text.contains("| advise | 2 | 2 | equal |"), text);
  }

  @Test
  void hottestCompiled_isTheFunctionThatTheOthersAreInlinedInto() {
    assertEquals(
        "io.hakmem.lab.X.steps",
        ProfileReports.hottestCompiled(
                GivenProfile.samples(GivenProfile.STACKS, Profiler.PERF_EVENTS))
            .orElseThrow());
  }

  @Test
  void hottestCompiled_countsWhatIsInlined() {
    String stacks =
        """
        start;io.hakmem.lab.X.steps_[j];io.hakmem.Hakmem.free_[i];java.lang.Y.get_[i] 60
        start;io.hakmem.lab.X.steps_[j];io.hakmem.Hakmem.allocate_[i];io.hakmem.memory.Memory.putLong_[j] 10
        start;io.hakmem.lab.X.steps_[j];asm_exc_page_fault_[k] 90
        """;
    assertEquals(
        Optional.of("io.hakmem.lab.X.steps"),
        ProfileReports.hottestCompiled(GivenProfile.samples(stacks, Profiler.PERF_EVENTS)));
  }

  @Test
  void outOfLine_namesTheHotFunctionsOfTheAllocator() {
    List<String> flags =
        ProfileReports.outOfLineFlags(
            GivenProfile.samples(GivenProfile.STACKS, Profiler.PERF_EVENTS));
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
}
