// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.os.ContainerLimit;
import io.hakmem.verify.HeapVerifier;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Statistics of small scenarios, to the last unit. */
final class StatsTest {

  private static final HakmemConfig KNOWN =
      HakmemConfig.DEFAULT
          .withRegionBytes(1L << 30)
          .withPurgeDelayMillis(-1)
          .withTinyFastCap(64)
          .withTinyRefillCountHot(16)
          .withTinyRefillCountMid(2)
          .withTinySllDrainInterval(1 << 30);

  @Test
  void requestsAndMisses_ofOneThread_areExact() {
    FreshAllocator.run(OneThread.class, "");
  }

  /** 100 requests with 16 blocks a refill. */
  static final class OneThread implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        blocks.add(Hakmem.allocate(60));
      }
      for (int i = 0; i < 40; i++) {
        blocks.add(Hakmem.allocate(4000));
      }
      HakmemStats stats = Hakmem.stats();
      HakmemStats.SizeClassStats tiny = sizeClass(stats, 64);
      assertEquals(100, tiny.requests());
      assertEquals(7, tiny.misses());
      assertEquals(93, tiny.hits());
      assertEquals(100, tiny.liveBlocks());
      assertEquals(12, tiny.cachedBlocks());
      assertEquals(16, tiny.freeBlocks(), "the rest of the second page");
      assertEquals(1, tiny.slabs());
      HakmemStats.SizeClassStats pool = sizeClass(stats, 4096);
      assertEquals(40, pool.requests());
      assertEquals(20, pool.misses());
      assertEquals(40, pool.liveBlocks());
      assertEquals(Map.of(64, 100L, 4096, 40L), stats.requestsByClass());
      assertEquals(List.of(64, 4096), List.copyOf(stats.requestsByClass().keySet()));
      assertEquals(113, stats.hits());
      assertEquals(27, stats.misses());
      assertEquals(27, stats.refills());
      assertEquals(0, stats.drains());
      assertEquals(0, stats.remoteFrees());
      assertEquals(0, stats.droppedBlocks());
      assertEquals(100 * 64 + 40 * 4096, stats.allocatedBytes());
      assertEquals(12 * 64, stats.cachedBytes());
      assertEquals(12 * 64, stats.strandedBytes());
      long areas = stats.account().cacheAreaBytes();
      assertTrue(areas > 0);
      assertEquals(
          new HakmemStats.Account(
              100 * 64 + 40 * 4096, 0, 12 * 64, 0, 16 * 64, 0, 0, 4096, areas, 0),
          stats.account());
      assertEquals(stats.committedBytes(), stats.account().sum());
      assertEquals(2 * 4096, tiny.slabBytes(), "two pages");
      blocks.forEach(Hakmem::free);
      stats = Hakmem.stats();
      assertEquals(
          42 * 4096,
          stats.account().frontCacheBytes()
              + stats.account().depotBytes()
              + stats.account().freeInSlabsBytes());
      assertTrue(stats.account().depotBytes() > 0, "an overflow of the cache");
      assertEquals(stats.committedBytes(), stats.account().sum());
      assertEquals(0, stats.allocatedBytes());
      assertEquals(140, sizeClass(stats, 64).requests() + sizeClass(stats, 4096).requests());
      assertEquals(
          sizeClass(stats, 64).cachedBlocks() * 64 + sizeClass(stats, 4096).cachedBlocks() * 4096,
          stats.cachedBytes());
      assertEquals(42 * 4096, everyFreeByte(stats), "two pages of tiny blocks and forty of others");
      long cached = stats.cachedBytes();
      Hakmem.purge();
      stats = Hakmem.stats();
      assertTrue(cached > 0);
      assertEquals(0, stats.cachedBytes());
      assertEquals(0, everyFreeByte(stats), "all slabs are gone");
      assertEquals(100, sizeClass(stats, 64).requests(), "counts stay");
      assertEquals(new HakmemStats.Account(0, 0, 0, 0, 0, 0, 0, 0, areas, 0), stats.account());
      assertEquals(areas, stats.committedBytes());
      return argument;
    }

    private static long everyFreeByte(HakmemStats stats) {
      return stats.sizeClasses().stream()
          .mapToLong(each -> (each.cachedBlocks() + each.freeBlocks()) * each.blockBytes())
          .sum();
    }
  }

  @Test
  void remoteFrees_ofOtherThreads_areExactAndOutliveThem() {
    FreshAllocator.run(TwoThreads.class, "");
  }

  /** One thread allocates, another frees and dies. */
  static final class TwoThreads implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        blocks.add(Hakmem.allocate(100));
      }
      InThread.run(
          () -> {
            blocks.subList(0, 90).forEach(Hakmem::free);
            Hakmem.free(Hakmem.allocate(100));
            assertEquals(90, Hakmem.stats().remoteFrees());
          });
      assertEquals(90, Hakmem.stats().remoteFrees());
      assertEquals(60 * 112, Hakmem.stats().allocatedBytes());
      Hakmem.purge();
      Hakmem.purge();
      HakmemStats stats = Hakmem.stats();
      assertEquals(90, stats.remoteFrees(), "of a cache that does not exist any more");
      assertEquals(151, sizeClass(stats, 112).requests());
      assertEquals(12, sizeClass(stats, 112).misses(), "refills end where a page does");
      blocks.subList(90, 150).forEach(Hakmem::free);
      assertEquals(90, Hakmem.stats().remoteFrees());
      return argument;
    }
  }

  @Test
  void requests_ofVirtualThreads_areCountedToo() {
    FreshAllocator.run(Virtual.class, "");
  }

  /** The same number of requests, whoever made them. */
  static final class Virtual implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      InThread.runVirtual(
          () -> {
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
              blocks.add(Hakmem.allocate(60));
            }
            assertEquals(100 * 64, Hakmem.stats().allocatedBytes());
            blocks.forEach(Hakmem::free);
          });
      HakmemStats stats = Hakmem.stats();
      assertEquals(0, stats.allocatedBytes());
      assertEquals(Map.of(64, 100L), stats.requestsByClass());
      assertEquals(100, stats.hits() + stats.misses());
      assertTrue(stats.misses() >= 1, "somebody had to fetch blocks");
      return argument;
    }
  }

  @Test
  void drains_happenAfterTheInterval() {
    FreshAllocator.run(Drains.class, "");
  }

  /** Every refill of 16 blocks is an interval. */
  static final class Drains implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN.withTinySllDrainInterval(32));
      for (int i = 0; i < 96; i++) {
        Hakmem.allocate(200);
      }
      assertEquals(7, Hakmem.stats().refills(), "they end where a page does");
      assertEquals(3, Hakmem.stats().drains());
      return argument;
    }
  }

  @Test
  void memoryFigures_ofLargeBlocks_areExact() {
    FreshAllocator.run(Large.class, "");
  }

  /** Runs and huge blocks go by pages and slices. */
  static final class Large implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      Hakmem.free(Hakmem.allocate(1));
      Hakmem.purge();
      long idle = Hakmem.stats().committedBytes();
      long run = Hakmem.allocate(57_345);
      long huge = Hakmem.allocate((2 << 20) + 1);
      HakmemStats stats = Hakmem.stats();
      assertEquals(61_440 + (2 << 20) + 4096, stats.allocatedBytes());
      assertEquals(idle + 61_440 + (2 << 20) + (64 << 10), stats.committedBytes());
      assertEquals(stats.committedBytes(), stats.peakCommittedBytes());
      assertEquals(Long.MAX_VALUE, stats.limitBytes());
      assertEquals(ContainerLimit.read(), stats.containerLimitBytes());
      assertTrue(stats.metadataBytes() >= stats.heapMetadataBytes());
      assertTrue(stats.heapMetadataBytes() > 0);
      assertEquals(60 << 10, stats.account().freePagesBytes(), "of the huge block's last slice");
      assertEquals(stats.committedBytes(), stats.account().sum());
      long advised = stats.osCalls().getOrDefault("advise", -1L);
      Hakmem.free(run);
      Hakmem.free(huge);
      assertEquals(idle, Hakmem.stats().committedBytes(), "nobody needed it again so far");
      for (int round = 0; round < 20; round++) {
        Hakmem.free(Hakmem.allocate(57_345));
      }
      stats = Hakmem.stats();
      assertEquals(stats.committedBytes(), stats.account().sum());
      assertEquals(stats.committedBytes() - idle, stats.account().freePagesBytes());
      assertEquals(61_440, stats.account().freePagesBytes());
      Hakmem.purge();
      assertEquals(idle, Hakmem.stats().committedBytes());
      long total = stats.mappings().stream().mapToLong(HakmemStats.Mapping::byteSize).sum();
      assertEquals(stats.reservedBytes(), total);
      assertTrue(total > 1L << 30);
      assertEquals(
          Set.of("reserve", "protect", "advise", "remap", "release", "refused"),
          stats.osCalls().keySet());
      assertTrue(Hakmem.stats().osCalls().getOrDefault("advise", -1L) > advised);
      return argument;
    }
  }

  @Test
  void refaults_areThePagesThatCameBackAfterAPurge() {
    FreshAllocator.run(Refaults.class, "");
  }

  /** Blocks of a page each. */
  static final class Refaults implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      for (int blocks : new int[] {10, 6}) {
        List<Long> addresses = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
          addresses.add(Hakmem.allocate(4000));
        }
        assertEquals(blocks == 10 ? 0 : 6, Hakmem.stats().refaults());
        addresses.forEach(Hakmem::free);
        Hakmem.purge();
      }
      assertEquals(6, Hakmem.stats().refaults());
      return argument;
    }
  }

  @Test
  void frontStats_print_hasALineForEachClassThatWasUsed() {
    FreshAllocator.run(FrontStats.class, "");
  }

  /** Two classes, and a large block that has none. */
  static final class FrontStats implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      for (int i = 0; i < 100; i++) {
        Hakmem.allocate(60);
      }
      Hakmem.allocate(4000);
      Hakmem.allocate(1 << 20);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      FrontStatsReport.print(Hakmem.stats(), new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertEquals(
          List.of(
              "hakmem front caches: class bytes, hits, misses, hit rate",
              "       64           93          7  93.000%",
              "     4096            0          1   0.000%",
              "    total           93          8",
              "pages that came back after a purge: 0"),
          bytes.toString(StandardCharsets.UTF_8).lines().toList());
      return argument;
    }
  }

  @Test
  void frontStats_atExitOfAProgram_areOnItsStandardErrorIfAskedFor() throws Exception {
    for (String value : List.of("1", "0")) {
      Process program = start(environment -> environment.put("HAKMEM_FRONT_STATS", value));
      String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String err = new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, program.waitFor(), err);
      assertEquals("done", out.strip());
      assertEquals(value.equals("1"), err.contains("hakmem front caches:"), err);
      assertEquals(value.equals("1"), err.contains(" 64 "), err);
    }
  }

  /** A program that allocates a little. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Hakmem.free(Hakmem.allocate(60));
      System.out.println("done");
    }
  }

  private static Process start(Consumer<Map<String, String>> environment) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName());
    environment.accept(builder.environment());
    return builder.start();
  }

  @Test
  void sizeClasses_areAllThere() {
    FreshAllocator.run(AllClasses.class, "");
  }

  /** Before anything was allocated. */
  static final class AllClasses implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      HakmemStats stats = Hakmem.stats();
      Set<Integer> sizes = new TreeSet<>();
      stats.sizeClasses().forEach(each -> sizes.add(each.blockBytes()));
      assertEquals(76, stats.sizeClasses().size());
      assertEquals(76, sizes.size());
      assertEquals(Map.of(), stats.requestsByClass());
      assertEquals(0, stats.hits() + stats.misses() + stats.refills() + stats.allocatedBytes());
      return argument;
    }
  }

  @Test
  void strandedBytes_afterFreesOfManyPoolClasses_areNoMoreThanACacheMayHave() {
    FreshAllocator.run(ManyPoolClasses.class, "");
  }

  /** What the stacks have room for is several times what a cache may have. */
  static final class ManyPoolClasses implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN.withTinyFastCap(256));
      List<Long> blocks = new ArrayList<>();
      for (int size = 4096; size <= 48 << 10; size += 2048) {
        for (int i = 0; i < 32; i++) {
          blocks.add(Hakmem.allocate(size));
        }
      }
      blocks.forEach(
          block -> {
            Hakmem.free(block);
            long stranded = Hakmem.stats().strandedBytes();
            assertTrue(stranded <= KNOWN.frontCacheBytes(), () -> stranded + " bytes");
          });
      assertTrue(Hakmem.stats().strandedBytes() > KNOWN.frontCacheBytes() / 2);
      HeapVerifier.verify();
      return argument;
    }
  }

  private static HakmemStats.SizeClassStats sizeClass(HakmemStats stats, int blockBytes) {
    return stats.sizeClasses().stream()
        .filter(each -> each.blockBytes() == blockBytes)
        .findFirst()
        .orElseThrow();
  }
}
