// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.subject.JvmSubjectSpec;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JVM's other allocators, as the catalogue starts them. */
class RivalsTest {
  private static final Workload MIXED =
      WorkloadCatalog.parse("random-mixed", List.of("20000", "256", "42"));
  private static final Workload HANDS_OVER =
      WorkloadCatalog.parse("producer-consumer", List.of("50", "64", "42"));
  private static final Workload HANDS_ADDRESSES_OVER =
      WorkloadCatalog.parse("mt-remote", List.of("1000", "40", "16", "2048", "90", "1024"));

  private final ChildProcess processes = new ChildProcess(Duration.ofMinutes(1));

  @ParameterizedTest
  @CsvSource({
    "jvm-unsafe, sun.misc.Unsafe",
    "jvm-netty-adaptive, io.netty.buffer.AdaptivePoolingAllocator$Magazine",
    "jvm-netty-pooled, io.netty.buffer.PoolThreadCache$SubPageMemoryRegionCache",
    "jvm-arrow-netty, io.netty.buffer.PooledByteBufAllocatorL$InnerAllocator",
    "jvm-parquet-direct, org.apache.parquet.bytes.DirectByteBufferAllocator",
    "jvm-ignite-unsafe, org.apache.ignite.internal.util.GridUnsafe",
    "jvm-lwjgl-mimalloc, org.lwjgl.system.mimalloc.mimalloc$Allocator",
    "jvm-lwjgl-jemalloc, org.lwjgl.system.jemalloc.JEmalloc$Allocator",
    "jvm-lwjgl-rpmalloc, org.lwjgl.system.rpmalloc.RPmalloc$Allocator",
    "hakmem-netty, io.hakmem.netty.HakmemByteBuf",
    "hakmem-arrow, io.hakmem.arrow.HakmemAllocationManager",
    "hakmem-parquet, io.hakmem.parquet.HakmemByteBufferAllocator",
    "hakmem-ignite, io.hakmem.ignite.HakmemMemoryAllocator",
    "hakmem-lwjgl, io.hakmem.lwjgl.HakmemMemoryAllocator",
  })
  void eachRunsWithTheAllocatorOfItsName(String subject, String allocator) throws Exception {
    JvmOptions options = new JvmOptions(List.of("-Xlog:class+load"), 0);
    Command command =
        new Machine(options).ready(select(subject), MIXED).launcher().command(Request.timed(MIXED));
    List<String> lines = processes.output(command).lines().toList();
    assertTrue(lines.stream().anyMatch(it -> it.contains(" " + allocator + " ")), subject);
    assertTrue(lines.stream().anyMatch(RivalsTest::isResult), subject);
  }

  private static boolean isResult(String line) {
    return line.startsWith("result ") && line.contains(" operations=20000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hakmem-segment",
        "jvm-arena-shared",
        "jvm-netty-adaptive",
        "jvm-parquet-direct",
        "jvm-ignite-unsafe",
        "jvm-lwjgl-rpmalloc",
        "hakmem-netty",
        "hakmem-arrow",
        "hakmem-parquet",
        "hakmem-ignite",
        "hakmem-lwjgl"
      })
  void blocksOfOtherThreads_areFreed(String subject) throws Exception {
    assertEquals("3200", run(subject, HANDS_OVER).get("operations"));
  }

  @Test
  void objects_areNotHandedOverWithoutSlots() throws Exception {
    UnavailableException e =
        assertThrows(
            UnavailableException.class,
            () -> machine().ready(select("jvm-netty-pooled"), HANDS_ADDRESSES_OVER));
    assertTrue(e.reason().contains("mt-remote hands over addresses alone"), e::reason);
    assertTrue(run("jvm-unsafe", HANDS_ADDRESSES_OVER).containsKey("nanos"));
  }

  @Test
  void rivalWhoseLibraryNoJarHas_isUnavailable() {
    JvmSubjectSpec spec =
        new JvmSubjectSpec("jvm-test", "", "Missing", Set.of(), List.of("none/none.so"), List.of());
    UnavailableException e = assertThrows(UnavailableException.class, () -> machine().ready(spec));
    assertTrue(e.reason().contains("none/none.so"), e::reason);
  }

  private Map<String, String> run(String subject, Workload workload) throws Exception {
    Contender contender = machine().ready(select(subject), workload);
    return processes.results(contender.launcher().command(Request.timed(workload)));
  }

  private static Machine machine() {
    return new Machine(JvmOptions.NONE);
  }

  private static SubjectSpec select(String name) {
    return new SubjectCatalog(Map.of()).select(List.of(name)).getFirst();
  }
}
