// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.measure.Latencies;
import io.hakmem.lab.subject.JvmSubjectSpec;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JvmChildTest {
  private static final Workload WORKLOAD =
      WorkloadCatalog.parse("random-mixed", List.of("200000", "256", "42"));

  private final ChildProcess processes = new ChildProcess(ChildProcess.RUN_LIMIT);

  @TempDir Path folder;

  @Test
  void timed_loadsOneSubjectOnly() throws Exception {
    String output = processes.output(command("hakmem", Request.timed(WORKLOAD)));
    List<String> loaded =
        output
            .lines()
            .filter(line -> line.contains("io.hakmem.lab.subject."))
            .map(line -> line.replaceFirst(".*io\\.hakmem\\.lab\\.subject\\.(\\S+).*", "$1"))
            .filter(name -> name.endsWith("Subject"))
            .sorted()
            .toList();
    assertEquals(List.of("HakmemSubject", "Subject"), loaded, "a second one slows every call");
  }

  @Test
  void timed_reportsTimeAndHeap() throws Exception {
    Map<String, String> result = processes.results(command("hakmem", Request.timed(WORKLOAD)));
    assertEquals("200000", result.get("operations"));
    assertTrue(number(result, "nanos") > 0);
    long heapBytes = number(result, "heapBytes");
    assertTrue(heapBytes >= 0 && heapBytes < 50_000, "of the measurement itself: " + heapBytes);
  }

  @Test
  void timed_ofHakmemReportsItsSystemCalls() throws Exception {
    Map<String, String> result = processes.results(command("hakmem", Request.timed(WORKLOAD)));
    assertTrue(number(result, "osCalls.advise") >= 0, result::toString);
    assertTrue(number(result, "minorFaults") >= 0, result::toString);
  }

  @Test
  void timed_ofThePlantedSubjectTakesLonger() throws Exception {
    Map<String, String> result =
        processes.results(command("hakmem-planted", Request.timed(WORKLOAD)));
    assertTrue(5 * number(result, "nanos") >= 6 * number(result, "passNanos"), result::toString);
    Map<String, String> plain = processes.results(command("hakmem", Request.timed(WORKLOAD)));
    assertEquals(number(plain, "passNanos"), number(plain, "nanos"));
  }

  @Test
  void latency_countsEachCallOfThePass() throws Exception {
    Workload published = WorkloadCatalog.parse("random-mixed", List.of("100000", "256", "42"));
    Map<String, String> result = processes.results(command("hakmem", Request.latency(published)));
    assertEquals(50_068, histogram(result, LatencyRun.ALLOCATE).getTotalCount());
    assertEquals(50_068, histogram(result, LatencyRun.FREE).getTotalCount());
    assertTrue(histogram(result, LatencyRun.CLOCK).getTotalCount() > 0);
  }

  @Test
  void latency_ofThreadsThatComeAndGo_countsEachCall() throws Exception {
    Workload handingOver = WorkloadCatalog.parse("producer-consumer", List.of("50", "64", "42"));
    Map<String, String> result = processes.results(command("hakmem", Request.latency(handingOver)));
    assertEquals(50 * 64, histogram(result, LatencyRun.ALLOCATE).getTotalCount());
    assertEquals(50 * 64, histogram(result, LatencyRun.FREE).getTotalCount());
  }

  private static Histogram histogram(Map<String, String> result, String key) {
    return Latencies.decode(result.getOrDefault(key, ""));
  }

  @Test
  void cold_isCutAndReportsTheFirstPair() throws Exception {
    Workload larger = WorkloadCatalog.parse("random-mixed", List.of("1000000", "256", "42"));
    Map<String, String> result = processes.results(command("jvm-malloc", Request.cold(larger)));
    assertEquals("500000", result.get("operations"));
    assertTrue(number(result, "initNanos") > 0);
  }

  @Test
  void memory_ofHakmemIsAtLeastWhatIsLive() throws Exception {
    long live = WORKLOAD.peak().orElseThrow().liveBytes();
    long at = WORKLOAD.peak().orElseThrow().allocation();
    Map<String, String> result = processes.results(command("hakmem", Request.memory(WORKLOAD, at)));
    assertTrue(number(result, "committedBytes") >= live, result::toString);
    assertTrue(number(result, "peakRssKiB") > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseG1GC", "-XX:+UseParallelGC", "-XX:+UseZGC"})
  void collections_areFullAndAsManyAsAskedFor(String collector) throws Exception {
    JvmOptions options = new JvmOptions(List.of(collector, "-Xlog:gc"), 3);
    String output = processes.output(command("hakmem", Request.timed(WORKLOAD), options));
    long full =
        output
            .lines()
            .filter(line -> line.matches(".*(Pause Full|Major Coll).*System.gc.*"))
            .count();
    assertTrue(full >= 3 && output.contains("nanos="), output);
  }

  @Test
  void untimedPasses_areRepeatedForAsLongAsAskedFor() throws Exception {
    long start = System.nanoTime();
    Request request = Request.timed(WORKLOAD);
    processes.results(command("jvm-null", request, new JvmOptions(List.of(), 0).warmedUpFor(3000)));
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis >= 3000, "the whole process took " + millis + " ms"); // never too long
  }

  @Test
  void collections_ofAJvmThatRefusesThem_failTheRun() throws Exception {
    JvmOptions options = new JvmOptions(List.of("-XX:+DisableExplicitGC"), 1);
    RunFailure e =
        assertThrows(
            RunFailure.class,
            () -> processes.results(command("jvm-null", Request.timed(WORKLOAD), options)));
    assertTrue(e.reason().contains("-XX:+DisableExplicitGC"), e::reason);
  }

  @Test
  void uncheckedClasses_turnTheSwitchOff() throws Exception {
    URL[] path = {UncheckedClasses.write(folder).toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(path, null)) {
      Field field = loader.loadClass("io.hakmem.front.Checks").getDeclaredField("ENABLED");
      field.setAccessible(true);
      assertEquals(false, field.get(null));
    }
  }

  @Test
  void unchecked_runsWithTheSwitchOff() throws Exception {
    String output = processes.output(command("hakmem-unchecked", Request.timed(WORKLOAD)));
    String switchClass =
        output
            .lines()
            .filter(line -> line.contains("io.hakmem.front.Checks "))
            .findFirst()
            .orElseThrow();
    assertTrue(switchClass.contains("unchecked"), switchClass);
  }

  private static Command command(String subject, Request request) throws Exception {
    return command(subject, request, new JvmOptions(List.of("-Xlog:class+load"), 0));
  }

  private static Command command(String subject, Request request, JvmOptions options)
      throws Exception {
    JvmSubjectSpec spec =
        (JvmSubjectSpec) new SubjectCatalog(Map.of()).select(List.of(subject)).getFirst();
    return new JvmLaunchers(options).launcher(spec).command(request);
  }

  private static long number(Map<String, String> result, String key) {
    String value = result.get(key);
    return value == null ? -1 : Long.parseLong(value);
  }
}
