// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.measure.Latencies;
import io.hakmem.lab.subject.LwjglNatives;
import io.hakmem.lab.subject.NativeSubjectSpec;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs a C compiler. */
class NativeLaunchersTest {
  private static final Workload WORKLOAD =
      WorkloadCatalog.parse("producer-consumer", List.of("50", "64", "42"));

  private final ChildProcess processes = new ChildProcess(ChildProcess.RUN_LIMIT);
  private final NativeLaunchers launchers = new NativeLaunchers();

  @TempDir Path folder;

  @Test
  void glibcAndNull_run() throws Exception {
    for (String subject : List.of("native-glibc", "native-null")) {
      NativeSubjectSpec spec =
          (NativeSubjectSpec) new SubjectCatalog(Map.of()).select(List.of(subject)).getFirst();
      assertRuns(launchers.launcher(spec).command(Request.timed(WORKLOAD)));
    }
  }

  @Test
  void libraryThatExportsMalloc_isPreloaded() throws Exception {
    Command command = launcher(compile("-DPREFIX=")).command(Request.timed(WORKLOAD));
    assertEquals(1, command.environment().size(), command::toString);
    assertRuns(command);
  }

  @Test
  void libraryWithPrefix_isCalledThroughPointers() throws Exception {
    Command command = launcher(compile("-DPREFIX=je_")).command(Request.timed(WORKLOAD));
    assertTrue(command.environment().isEmpty(), command::toString);
    assertTrue(command.words().contains("je_"), command::toString);
    assertRuns(command);
  }

  @Test
  void libraryThatWantsToBeInitialised_isInitialised() throws Exception {
    Path library = compile("-DPREFIX=rp", "-DINITIALISED");
    assertRuns(launcher(library).command(Request.timed(WORKLOAD)));
  }

  @Test
  void memoryRequest_goesToTheProbe() throws Exception {
    Launcher launcher = launcher(compile("-DPREFIX="));
    Workload mixed = WorkloadCatalog.parse("random-mixed", List.of("100000", "8192", "42"));
    long at = mixed.peak().orElseThrow().allocation();
    Map<String, String> result = processes.results(launcher.command(Request.memory(mixed, at)));
    long committed = Long.parseLong(result.getOrDefault("committedBytes", "0"));
    assertTrue(committed > mixed.peak().orElseThrow().liveBytes(), result::toString);
  }

  @Test
  void latencyRequest_timesEachCallIntoHistogramsOfOurShape() throws Exception {
    Launcher launcher = launcher(compile("-DPREFIX=je_"));
    Workload mixed = WorkloadCatalog.parse("random-mixed", List.of("100000", "256", "42"));
    assertLatencies(processes.results(launcher.command(Request.latency(mixed))), 50_068);
    assertLatencies(processes.results(launcher.command(Request.latency(WORKLOAD))), 3200);
  }

  private static void assertLatencies(Map<String, String> result, long calls) {
    for (String key : List.of(LatencyRun.ALLOCATE, LatencyRun.FREE, LatencyRun.CLOCK)) {
      String word = result.getOrDefault(key, "");
      Histogram histogram = Latencies.decode(word);
      assertEquals(word, Latencies.encode(histogram), "the same buckets as Java's");
      long expected = key.equals(LatencyRun.CLOCK) ? 1_000_000 : calls;
      assertEquals(expected, histogram.getTotalCount(), key);
    }
  }

  @Test
  void libraryWithoutMalloc_isUnavailable() throws Exception {
    Path library = compile("-DPREFIX=other_");
    UnavailableException e = assertThrows(UnavailableException.class, () -> launcher(library));
    assertTrue(e.reason().contains("exports no malloc"), e::reason);
  }

  @Test
  void missingOrForeignFile_isUnavailable() throws Exception {
    assertThrows(UnavailableException.class, () -> launcher(folder.resolve("missing.so")));
    Path text = Files.writeString(folder.resolve("text.so"), "no library");
    assertThrows(UnavailableException.class, () -> launcher(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {LwjglNatives.JEMALLOC, LwjglNatives.MIMALLOC})
  void libraryInAJar_isUsedWhereNoFileIs(String inJar) throws Exception {
    Command command = launcher("missing.so", inJar).command(Request.timed(WORKLOAD));
    assertTrue(command.environment().isEmpty(), command::toString);
    assertRuns(command);
    Path file = compile("-DPREFIX=je_");
    List<String> words = launcher(file.toString(), inJar).command(Request.timed(WORKLOAD)).words();
    assertTrue(words.contains(file.toString()), words::toString);
  }

  @Test
  void rpmallocInAJar_isUnavailable() {
    UnavailableException e =
        assertThrows(
            UnavailableException.class, () -> launcher("missing.so", LwjglNatives.RPMALLOC));
    assertTrue(e.reason().contains("exports no malloc"), e::reason);
  }

  @Test
  void libraryThatNoJarHas_isUnavailable() {
    UnavailableException e =
        assertThrows(UnavailableException.class, () -> launcher("missing.so", "none/none.so"));
    assertTrue(e.reason().contains("none/none.so for linux/"), e::reason);
  }

  private Launcher launcher(String file, String inJar) throws UnavailableException {
    return launchers.launcher(
        new NativeSubjectSpec(
            "native-test", "", new NativeSubjectSpec.Library(List.of(file), Optional.of(inJar))));
  }

  private Launcher launcher(Path library) throws UnavailableException {
    return launchers.launcher(
        new NativeSubjectSpec(
            "native-test", "", new NativeSubjectSpec.Library(List.of(library.toString()))));
  }

  private void assertRuns(Command command) throws RunFailure {
    assertEquals("3200", processes.results(command).get("operations"));
  }

  /** A malloc that never frees, under a prefix. */
  private Path compile(String... definitions) throws Exception {
    Path source = folder.resolve("bump.c");
    try (var in = NativeLaunchersTest.class.getResourceAsStream("/native/bump.c")) {
      Files.write(source, java.util.Objects.requireNonNull(in).readAllBytes());
    }
    Path library = Files.createTempFile(folder, "bump", ".so");
    List<String> words = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-O1", "-fno-builtin"));
    words.addAll(List.of(definitions));
    Stream.of("-o", library, source).map(Object::toString).forEach(words::add);
    processes.output(new Command(words));
    return library;
  }
}
