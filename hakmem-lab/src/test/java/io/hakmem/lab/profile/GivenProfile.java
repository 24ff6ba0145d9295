// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import io.hakmem.lab.measure.Profiler;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.run.OsCallCheck;
import io.hakmem.lab.run.ProfileSamples;
import io.hakmem.lab.run.ProfileSamples.ClassHits;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import one.convert.Arguments;
import one.convert.FlameGraph;

/** A profile that nobody had to wait for. */
public final class GivenProfile {
  /** 100 samples. */
  static final String STACKS =
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

  private GivenProfile() {}

  /** Of these stacks, with kernel frames. */
  public static ProfileReport example() {
    return report(STACKS, Profiler.PERF_EVENTS);
  }

  /** Writes a flame graph of these stacks. */
  public static void flameGraph(Path file) throws IOException {
    Arguments arguments = new Arguments();
    arguments.title = "a flame graph";
    FlameGraph graph = new FlameGraph(arguments);
    graph.parseCollapsed(new StringReader(STACKS));
    try (OutputStream out = Files.newOutputStream(file)) {
      graph.dump(out);
    }
  }

  static ProfileReport report(String stacks, String engine) {
    return ProfileReports.of(
        new ProfileReports.Head(
            "random-mixed",
            "./hakmem profile random-mixed",
            "java",
            new EnvironmentReport(
                "a processor", 2, "a kernel", "a JDK", List.of(), null, null, null)),
        samples(stacks, engine),
        Optional.empty(),
        Map.of("hakmem", 90e6, "native-glibc", 60e6),
        new ProfileReport.Checks(calls(2), null, "None of it: nothing disassembles here."));
  }

  /** The kernel says that so many pieces of advice were given, the allocator two. */
  static OsCallCheck calls(long traced) {
    TreeMap<String, Long> own = new TreeMap<>(Map.of("advise", 2L));
    return new OsCallCheck(own, own, new TreeMap<>(Map.of("advise", traced)), null);
  }

  static ProfileSamples samples(String stacks, String engine) {
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
