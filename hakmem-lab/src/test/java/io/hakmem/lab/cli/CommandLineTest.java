// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.HakmemConfig;
import io.hakmem.lab.workload.TraceFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "bench nonsense",
        "bench random-mixed many",
        "bench random-mixed 1 2 3 4 5 6",
        "bench --subjects nonsense",
        "bench --runs 0",
        "bench --runs few",
        "bench --collections -1",
        "bench --threads 2",
        "bench larson --threads 0",
        "bench larson --threads 257",
        "bench --nonsense",
        "bench --native-lib nonsense",
        "bench --native-lib glibc=/x.so",
        "bench --json /no/such/folder/x.json",
        "replay",
        "replay /no/such/file",
        "replay ../traces/sqlite.trace.gz --also nonsense",
        "suite extra",
        "suite --subjects nonsense",
        "suite --native-lib nonsense",
        "jmh --forks 0",
        "jmh no-such-benchmark",
        "jmh (",
        "suite --json /no/such/folder/x.json",
        "suite --markdown /no/such/folder/x.md",
        "suite --html /proc/no/such/folder",
        "ab",
        "ab random-mixed",
        "ab --set HAKMEM_TINY_FAST_CAP=32,64",
        "ab --set HAKMEM_TINY_FAST_CAP=32,64 nonsense",
        "ab --set HAKMEM_TINY_FAST_CAP=32,64 random-mixed many",
        "ab --set HAKMEM_TINY_FAST_CAP=32,64 --blocks 0 random-mixed",
        "ab --set HAKMEM_TINY_FAST_CAP=32,64 --limit 0 random-mixed",
        "ab --set HAKMEM_TINY_FAST_CAP=32,64 --html /proc/no/such random-mixed",
        "ab --set NONSENSE=32,64 random-mixed",
        "ab --set HAKMEM_TINY_FAST_CAP=32,0 random-mixed",
        "ab --jar /no/a.jar,/no/b.jar random-mixed",
        "ab --self-check --rounds 0",
        "tune",
        "tune nonsense",
        "tune random-mixed --minutes 0",
        "tune random-mixed --state /no/such/folder/x",
        "profile",
        "profile nonsense",
        "profile random-mixed many",
        "profile random-mixed --millis 0",
        "profile random-mixed --samples 0",
        "profile random-mixed --out /proc/no/such",
        "profile random-mixed --annotate",
        "ab --set HAKMEM_TINY_FAST_CAP=many,64 random-mixed",
        "ab --set HAKMEM_TINY_FAST_CAP=32,64 --blocks few random-mixed",
        "ab --set HAKMEM_TINY_FAST_CAP=32,64 --json /no/such/folder/x random-mixed",
        "tune random-mixed many",
        "tune random-mixed --minutes few",
        "seed-report extra",
        "seed-report --minutes 0",
        "seed-report --minutes few",
        "seed-report --blocks 0",
        "seed-report --samples 0",
        "seed-report --state /no/such/folder/x",
        "seed-report --out /proc/no/such",
        "seed-report --html /proc/no/such",
        "stats",
        "stats nonsense",
        "stats random-mixed many",
        "stats /no/such/file.trace.gz",
        "stats /no/such/file.trace.gz 1",
        "record",
        "record 1 --from x.jfr --out x.trace.gz",
        "record 0 --out x.trace.gz",
        "record x --out x.trace.gz",
        "record 4194305 --out x.trace.gz",
        "record 4194305 --out /no/such/folder/x.trace.gz",
        "record 1 --seconds -1 --out x.trace.gz",
        "record --from /no/such.jfr --out x.trace.gz",
        "leaks",
        "leaks x",
        "leaks 4194305",
        "leaks 1 --seconds -1",
        "leaks 1 --interval 0",
        "leaks 1 --out /proc/no/such",
        "top",
        "top nonsense",
        "top 1 --interval 0.01",
        "top 1 --count 0",
        "top 999999999 --count 1",
        "view",
        "view 1 --port 65536",
        "view 1 --port http",
        "view 999999999",
        "workloads --nonsense",
        "knobs extra"
      })
  void badUsage_isStatusTwoAndOneLine(String line) {
    assertEquals(Main.BAD_USAGE, execute(line));
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("hakmem: "), err::toString);
    assertEquals("", out.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bench",
        "replay",
        "suite",
        "stats",
        "jmh",
        "ab",
        "profile",
        "tune",
        "seed-report",
        "record",
        "leaks",
        "top",
        "view",
        "workloads",
        "subjects",
        "knobs"
      })
  void help_isStatusZeroAndFitsOneScreen(String command) {
    assertEquals(Main.OK, execute((command + " --help").strip()));
    assertTrue(out.toString().startsWith("Usage: hakmem"), out::toString);
    assertTrue(out.toString().lines().count() <= 30, out::toString);
  }

  @Test
  void version_namesTheProgram() {
    assertEquals(Main.OK, execute("--version"));
    assertTrue(out.toString().startsWith("hakmem "), out::toString);
  }

  @Test
  void ab_comparesSettingsOfTheRealAllocator() throws Exception {
    Path file = folder.resolve("ab.json");
    // 50 ms: the flame graphs are of runs as long, sampled once a millisecond.
    int status =
        execute(
            "ab --in-process --set HAKMEM_TINY_FAST_CAP=64,2 --blocks 1 --millis 50"
                + " random-mixed 4000000 256 42"
                + " --json "
                + file
                + " --html "
                + folder);
    assertEquals(Main.OK, status, err::toString);
    JsonNode report = json("ab.json");
    assertEquals(1, report.get("blocks").asInt());
    JsonNode arm = report.get("arms").get(1);
    assertEquals("HAKMEM_TINY_FAST_CAP=2", arm.get("arm").asText());
    long before = report.at("/arms/0/counters/misses/value").asLong();
    assertTrue(arm.at("/counters/misses/value").asLong() > before, "two blocks miss more often");
    // Whether two runs of an arm count the same, so that counters decide, is up to the purge clock.
    assertFalse(arm.at("/against/decidedBy").asText().isEmpty(), report::toString);
    assertTrue(arm.get("peakRssKiB").asLong() > 10_000, arm::toString);
    assertTrue(Files.size(folder.resolve("index.html")) > 1_000_000, "with the charts' library");
    String flames = report.at("/flames/HAKMEM_TINY_FAST_CAP=2").asText();
    assertTrue(Files.readString(folder.resolve(flames)).contains("RandomMixed"), flames);
    assertTrue(report.get("inProcess").asBoolean());
  }

  @Test
  void ab_ofARunThatHangs_endsItAndSaysSo() throws Exception {
    int status =
        execute(
            "ab --set HAKMEM_TINY_FAST_CAP=64,2 --blocks 1 --limit 1 random-mixed 100000000000");
    assertEquals(Main.FAILED, status);
    assertTrue(out.toString().contains("failed: HAKMEM_TINY_FAST_CAP=64: no answer within 1 s"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--limit 1 random-mixed 100000000000 | no answer within 1 s",
        "pair --jvm -XX:Nonsense | exit status 1: Unrecognized VM option 'Nonsense'",
        "pair --millis 1 --jvm -Done.profiler.libraryPath=/no/x.so | async-profiler cannot be"
            + " loaded"
      })
  void profile_thatCannotBeTaken_isStatusOneAndOneLine(String lineAndReason) {
    String[] parts = lineAndReason.split(" \\| ", -1);
    assertEquals(Main.FAILED, execute("profile " + parts[0]));
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().contains(parts[1]), err::toString);
  }

  @Test
  void ab_ofArmsThatCrash_saysSoForEach() throws Exception {
    int status =
        execute("ab --set HAKMEM_TINY_FAST_CAP=64,2 --blocks 1 --jvm -XX:Nonsense pair 1000");
    assertEquals(Main.FAILED, status);
    assertEquals(
        2, out.toString().lines().filter(it -> it.startsWith("failed: ")).count(), out::toString);
  }

  @Test
  void profile_askedForEverything_hasIt() throws Exception {
    int status =
        execute(
            "profile --millis 300 --samples 100 --strace --annotate random-mixed 500000 256 42"
                + " --out "
                + folder
                + " --json "
                + folder.resolve("profile.json"));
    assertEquals(Main.OK, status, err::toString);
    JsonNode report = json("profile.json");
    assertTrue(report.get("samples").asLong() >= 100, report::toString);
    assertTrue(report.at("/checks/kernel").has("traced"), report::toString);
    assertTrue(report.at("/checks/assembly").asText().contains("`io.hakmem."), report::toString);
    boolean counted = report.at("/checks/strace/mmap/1").asLong() > 10;
    assertTrue(counted || err.toString().contains("apt-get install strace"), err::toString);
    for (String file : List.of("profile.md", "index.html", "flame.html", "out-of-line.html")) {
      assertTrue(Files.size(folder.resolve(file)) > 1_000, file);
    }
  }

  @Test
  void lists_haveOneLineEach() throws Exception {
    assertEquals(Main.OK, execute("workloads --json " + folder.resolve("w.json")));
    assertEquals("random-mixed", json("w.json").get("workloads").get(0).get("workload").asText());
    assertEquals(Main.OK, execute("subjects --native-lib x=/no/such.so"));
    assertTrue(
        out.toString().lines().anyMatch(line -> line.matches("native-x .*no: library not found.*")),
        out::toString);
    assertEquals(Main.OK, execute("knobs --json " + folder.resolve("k.json")));
    assertEquals(HakmemConfig.knobs().size(), json("k.json").get("knobs").size());
  }

  @Test
  void bench_writesWhatTheContractSays() throws Exception {
    Path file = folder.resolve("bench.json");
    int status =
        execute(
            "bench random-mixed 50000 256 42 --subjects hakmem,jvm-null,native-glibc,native-x"
                + " --native-lib x=/no/such.so --runs 1 --collections 2 --json "
                + file);
    assertEquals(Main.OK, status, err::toString);
    assertTrue(
        out.toString()
            .lines()
            .anyMatch(
                line ->
                    line.matches(
                        "Throughput = +\\d+ ops/s \\[iter=50000 ws=256\\] time=\\d\\.\\d{3}s .*")),
        out::toString);
    JsonNode report = json("bench.json");
    assertEquals("random-mixed", report.get("workload").asText());
    assertEquals("[\"50000\",\"256\",\"42\"]", report.get("args").toString());
    for (String field : List.of("cpu", "cores", "kernel", "jdk")) {
      assertTrue(report.get("environment").has(field), field);
    }
    assertEquals(2, report.get("environment").get("collections").asInt());
    assertTrue(out.toString().contains("timed pass: 2; native subjects have none"), out::toString);
    double floor = report.get("noiseFloorPercent").asDouble();
    assertTrue(floor >= report.get("twinDifferencePercent").asDouble() && floor > 0, "floor");
    assertEquals("native-x", report.get("unavailable").get(0).get("subject").asText());
    assertTrue(report.get("unavailable").get(0).get("reason").asText().contains("not found"));
    assertFalse(report.has("failures"));
    assertEquals(3, report.get("results").size(), "the second hakmem appears nowhere");

    JsonNode hakmem = report.get("results").get(0);
    assertEquals("hakmem", hakmem.get("subject").asText());
    assertEquals(1, hakmem.get("runs").asInt());
    for (String field : List.of("opsPerSecond", "nsPerOp")) {
      for (String statistic : List.of("median", "min", "max")) {
        assertTrue(hakmem.get(field).get(statistic).asDouble() > 0, field + " " + statistic);
      }
    }
    for (String field :
        List.of("coldOpsPerSecond", "initMillis", "peakRssKiB", "peakCommittedBytes")) {
      assertTrue(hakmem.get(field).asDouble() > 0, field);
    }
    JsonNode interval = hakmem.get("nsPerOpInterval");
    double median = hakmem.get("nsPerOp").get("median").asDouble();
    assertTrue(interval.get("low").asDouble() <= median, interval::toString);
    assertTrue(interval.get("high").asDouble() >= median, interval::toString);
    assertEquals(hakmem.get("runs").asInt(), hakmem.get("nsPerOpByRound").size());
    assertEquals(hakmem.get("runs").asInt(), report.get("twinNsPerOpByRound").size());
    JsonNode best = hakmem.get("againstBestNative");
    assertEquals("native-glibc", best.get("subject").asText());
    assertTrue(best.get("ratio").asDouble() > 0, best::toString);
    assertEquals("NO_DIFFERENCE_SHOWN", best.get("verdict").asText(), "of one run");
    assertEquals(91_602, hakmem.get("peakLiveBytes").asLong());
    assertTrue(hakmem.get("heapBytesPerOp").asDouble() >= 0);
    assertTrue(hakmem.get("pageFaults").get("minor").asDouble() >= 0);
    assertTrue(hakmem.get("osCalls").has("advise"), hakmem::toString);
    assertFalse(report.get("results").get(2).has("osCalls"), "not counted");
    assertTrue(hakmem.get("refaultsPerOp").asDouble() >= 0, hakmem::toString);
    assertFalse(report.get("results").get(2).has("refaultsPerOp"), "not counted");
    assertFalse(hakmem.has("latency"), "not asked for");
    JsonNode jvmNull = report.get("results").get(1);
    assertFalse(jvmNull.has("peakCommittedBytes") || jvmNull.has("peakRssKiB"), "no allocator");
    assertFalse(report.get("results").get(2).has("heapBytesPerOp"), "no Java heap");
    assertFalse(hakmem.has("idle"), "nothing waits");
  }

  @Test
  void memory_isToldWhereBlocksAreHandedOver() throws Exception {
    int status =
        execute(
            "bench producer-consumer 200 128 42 --subjects hakmem,native-glibc --runs 1 --json "
                + folder.resolve("memory.json"));
    assertEquals(Main.OK, status, err::toString);
    for (JsonNode result : json("memory.json").get("results")) {
      assertEquals(571_503, result.get("peakLiveBytes").asLong());
      assertTrue(result.get("peakCommittedBytes").asLong() >= 571_503, result::toString);
    }
  }

  @Test
  void burst_reportsWhatStaysOfIt() throws Exception {
    int status =
        execute(
            "bench burst-idle 30000000 1000 --subjects hakmem,native-glibc,jvm-null --runs 1"
                + " --json "
                + folder.resolve("burst.json"));
    assertEquals(Main.OK, status, err::toString);
    assertTrue(out.toString().lines().anyMatch(line -> line.contains("after 0.1 s")));
    JsonNode report = json("burst.json");
    assertEquals("jvm-null", report.get("unavailable").get(0).get("subject").asText());
    assertEquals(2, report.get("results").size());
    for (JsonNode result : report.get("results")) {
      assertEquals(30_000_000, result.get("peakLiveBytes").asLong());
      assertTrue(result.get("peakCommittedBytes").asLong() >= 30_000_000, result::toString);
      JsonNode idle = result.get("idle");
      long burst = idle.get("burstGrowthBytes").asLong();
      // Of the whole process: what the JIT compiler gives back meanwhile is less than half of it.
      assertTrue(burst > 15_000_000, result::toString);
      assertEquals(30_000_000, idle.get("freedBytes").asLong());
      assertEquals(3, idle.get("after").size());
      JsonNode last = idle.get("after").get(2);
      assertEquals(5000, last.get("millis").asInt());
      long left = last.get("growthBytes").asLong();
      assertEquals((double) left / burst, idle.get("growthShare").asDouble(), 1e-9);
      assertEquals((burst - left) / 30e6, idle.get("returnedShare").asDouble(), 1e-9);
    }
  }

  @Test
  void bench_timesSingleCallsOnRequest() throws Exception {
    int status =
        execute(
            "bench random-mixed 50000 --subjects hakmem,native-glibc --runs 1 --latency"
                + " --json "
                + folder.resolve("latency.json"));
    assertEquals(Main.OK, status, err::toString);
    assertTrue(out.toString().contains("noise floor of p99.99: allocate"), out::toString);
    JsonNode results = json("latency.json").get("results");
    for (int i = 0; i < 2; i++) {
      JsonNode latency = results.get(i).get("latency");
      assertTrue(latency.get("clockNanos").asDouble() > 0, latency::toString);
      for (String calls : List.of("allocate", "free")) {
        double p99 = latency.get(calls).get("p99").get("median").asDouble();
        double max = latency.get(calls).get("max").get("median").asDouble();
        assertTrue(max > 0 && max >= p99, latency::toString);
      }
    }
  }

  @Test
  void bench_ofFailingSubject_isStatusOneAndKeepsTheOthers() throws Exception {
    int status =
        execute(
            "bench random-mixed 1000 --subjects jvm-null,native-null --runs 1 --jvm -XX:Nonsense"
                + " --json "
                + folder.resolve("failed.json"));
    assertEquals(Main.FAILED, status);
    JsonNode report = json("failed.json");
    assertEquals(1, report.get("results").size());
    assertEquals("jvm-null", report.get("failures").get(0).get("subject").asText());
    assertTrue(out.toString().contains("failed: jvm-null: exit status 1"), out::toString);
  }

  @Test
  void replay_ofSeveralFiles_isAListOfWorkloads() throws Exception {
    Path trace = TraceFiles.sample().write(folder);
    int status =
        execute(
            "replay "
                + trace
                + " "
                + trace
                + " --subjects native-glibc,native-null --runs 1 --json "
                + folder.resolve("r.json"));
    assertEquals(Main.OK, status, err::toString);
    JsonNode workloads = json("r.json").get("workloads");
    assertEquals(2, workloads.size());
    assertEquals("replay", workloads.get(0).get("workload").asText());
    assertEquals(trace.toString(), workloads.get(0).get("args").get(0).asText());
    assertEquals(1300, workloads.get(0).get("results").get(0).get("peakLiveBytes").asLong());
    JsonNode means = json("r.json").get("geometricMeans");
    assertEquals(2, means.size());
    assertEquals("native-glibc", means.get(0).get("subject").asText());
    assertEquals(
        mean(workloads, result -> result.get("nsPerOp").get("median").asDouble()),
        means.get(0).get("nsPerOp").asDouble(),
        1e-6);
    assertEquals(
        mean(workloads, result -> result.get("peakCommittedBytes").asDouble() / 1300),
        means.get(0).get("committedPerLive").asDouble(),
        1e-6);
    assertFalse(means.get(1).has("committedPerLive"), "no allocator");
    assertTrue(out.toString().contains("geometric means of 2 workloads"), out::toString);
  }

  @Test
  void replay_takesOtherWorkloadsIntoTheMeans() throws Exception {
    Path trace = TraceFiles.sample().write(folder);
    String options = " --also pair --subjects hakmem --runs 1 --json ";
    assertEquals(
        Main.OK, execute("replay " + trace + options + folder.resolve("also.json")), err::toString);
    JsonNode workloads = json("also.json").get("workloads");
    assertEquals(2, workloads.size());
    assertEquals("pair", workloads.get(1).get("workload").asText());
    assertTrue(out.toString().contains("geometric means of 2 workloads"), out::toString);
  }

  @Test
  void replay_onTheThreadsOfTheTrace() throws Exception {
    Path trace = TraceFiles.ofTwoThreads().write(folder);
    String options =
        " --threads --subjects hakmem,jvm-arena-confined,native-glibc --runs 1 --json ";
    assertEquals(
        Main.OK,
        execute("replay " + trace + options + folder.resolve("threads.json")),
        err::toString);
    JsonNode report = json("threads.json");
    assertEquals("replay-threads", report.get("workload").asText());
    assertEquals(2, report.get("results").size(), "a confined arena cannot be handed over");
    assertFalse(report.get("results").get(0).has("peakLiveBytes"), "threads decide");
  }

  @Test
  void stats_sayWhereEveryByteIs() throws Exception {
    String file = " --json " + folder.resolve("heap.json");
    assertEquals(Main.OK, execute("stats random-mixed 50000 256 42" + file), err::toString);
    JsonNode report = json("heap.json");
    assertTrue(report.get("peakIsExact").asBoolean());
    JsonNode peak = report.get("atPeak");
    assertEquals(91_602, peak.get("requestedBytes").asLong());
    JsonNode stats = peak.get("stats");
    long sum = 0;
    for (JsonNode part : stats.get("account")) {
      sum += part.asLong();
    }
    assertEquals(stats.get("committedBytes").asLong(), sum, "one thread, so exact");
    long live = 0;
    long blocks = peak.get("larger").get("allocatedBytes").asLong();
    long requested = peak.get("larger").get("requestedBytes").asLong();
    for (JsonNode it : peak.get("classes")) {
      live += it.get("liveBlocks").asLong();
      blocks += it.get("liveBlocks").asLong() * it.get("blockBytes").asLong();
      requested += it.get("requestedBytes").asLong();
    }
    assertEquals(peak.get("liveBlocks").asLong(), live);
    assertEquals(stats.get("allocatedBytes").asLong(), blocks);
    assertEquals(91_602, requested);
    assertEquals(1 - 91_602.0 / blocks, peak.get("internalFragmentation").asDouble(), 1e-9);
    assertTrue(peak.get("residentByMapping").get("blocks").asLong() >= 91_602);
    assertEquals(0, report.get("atEnd").get("liveBlocks").asLong());
    assertFalse(report.get("atEnd").has("internalFragmentation"), "nothing is allocated");
    assertTrue(out.toString().contains("requested by the program"), out::toString);
    assertTrue(out.toString().contains("block B"), out::toString);
  }

  @Test
  void stats_ofATrace_countReallocationsOnce() throws Exception {
    Path trace = TraceFiles.sample().write(folder);
    assertEquals(
        Main.OK, execute("stats " + trace + " --json " + folder.resolve("t.json")), err::toString);
    JsonNode peak = json("t.json").get("atPeak");
    assertEquals(1300, peak.get("requestedBytes").asLong());
    assertEquals(3, peak.get("liveBlocks").asLong());
  }

  @Test
  void stats_ofThreads_haveAPeakToo() throws Exception {
    String file = " --json " + folder.resolve("threads.json");
    assertEquals(Main.OK, execute("stats sh6-like 10000 2 --threads 2" + file), err::toString);
    JsonNode report = json("threads.json");
    assertFalse(report.get("peakIsExact").asBoolean());
    assertEquals(2, report.get("threads").asInt());
    assertTrue(report.get("atPeak").get("liveBlocks").asLong() > 1000, report::toString);
    assertEquals(0, report.get("atEnd").get("liveBlocks").asLong());
  }

  /** Geometric mean of a value of the first subject in two workloads. */
  private static double mean(JsonNode workloads, ToDoubleFunction<JsonNode> value) {
    return Math.sqrt(
        value.applyAsDouble(workloads.get(0).get("results").get(0))
            * value.applyAsDouble(workloads.get(1).get("results").get(0)));
  }

  private int execute(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
    words.removeIf(String::isEmpty);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words.toArray(String[]::new));
  }

  private JsonNode json(String file) throws Exception {
    return new ObjectMapper().readTree(Files.readString(folder.resolve(file)));
  }
}
