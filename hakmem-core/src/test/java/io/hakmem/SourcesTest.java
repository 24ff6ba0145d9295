// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.HakmemConfig.Os;
import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import io.hakmem.os.PortableMemory;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Which source of memory is taken where, and what the portable one does not promise. */
final class SourcesTest {

  private static final long MIB = 1 << 20;

  @Test
  void sources_onLinux_areWhatTheKnobSays() {
    assertEquals(List.of("linux", "portable"), names(Os.AUTO, "Linux", "amd64"));
    assertEquals(List.of("linux", "portable"), names(Os.AUTO, "Linux", "aarch64"));
    assertEquals(List.of("linux"), names(Os.LINUX, "Linux", "amd64"));
    assertEquals(List.of("portable"), names(Os.PORTABLE, "Linux", "amd64"));
  }

  @Test
  void sources_elsewhere_arePortable() {
    for (Os choice : List.of(Os.AUTO, Os.PORTABLE)) {
      assertEquals(List.of("portable"), names(choice, "Mac OS X", "aarch64"));
      assertEquals(List.of("portable"), names(choice, "Windows 11", "amd64"));
      assertEquals(List.of("portable"), names(choice, "Linux", "riscv64"));
    }
  }

  @Test
  void sources_linuxElsewhere_isRefusedWithWhatToDo() {
    for (String system : List.of("Mac OS X", "Windows 11", "AIX")) {
      UnsupportedOperationException refused =
          assertThrows(
              UnsupportedOperationException.class, () -> names(Os.LINUX, system, "aarch64"));
      assertEquals(
          "hakmem.os is linux, which takes Linux on x86-64 or aarch64; this is "
              + system
              + " on aarch64: set it to auto or portable",
          refused.getMessage());
    }
    assertThrows(UnsupportedOperationException.class, () -> names(Os.LINUX, "Linux", "riscv64"));
  }

  private static List<String> names(Os choice, String system, String processor) {
    return Startup.sources(choice, system, processor).stream()
        .map(source -> source.get().name())
        .toList();
  }

  @Test
  void start_whenTheFirstSourceRefuses_takesTheNext() {
    FreshAllocator.run(NextSource.class, "");
  }

  /** Not even the smallest region is to be had from the first. */
  static final class NextSource implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      FakeOsMemory first = FakeOsMemory.onThisSystem();
      first.refuse((call, number) -> call == Call.RESERVE);
      Startup.start(HakmemConfig.DEFAULT, List.of(() -> first, PortableMemory::new));
      fillAndFree();
      assertEquals("portable", Hakmem.stats().os());
      assertEquals(0, first.reservedBytes());
      HeapVerifier.verify();
      return argument;
    }
  }

  @Test
  void linux_isTakenHere() {
    FreshAllocator.run(Here.class, "");
  }

  /** What the default is. */
  static final class Here implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(HakmemConfig.DEFAULT);
      Hakmem.free(Hakmem.allocate(1));
      assertEquals("linux", Hakmem.stats().os());
      assertEquals(1L << 40, Hakmem.stats().mappings().getFirst().byteSize());
      return argument;
    }
  }

  @Test
  void portable_reservesAModestRegionAndTouchesWhatIsUsed() {
    FreshAllocator.run(Lazy.class, "");
  }

  /** The region would show in the physical memory of the process. */
  static final class Lazy implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      long before = Smaps.residentBytesOfProcess();
      Hakmem.configure(HakmemConfig.DEFAULT.withOs(Os.PORTABLE));
      Hakmem.free(Hakmem.allocate(1));
      long grown = Smaps.residentBytesOfProcess() - before;
      HakmemStats stats = Hakmem.stats();
      assertEquals(256 * MIB, stats.mappings().getFirst().byteSize());
      assertTrue(stats.reservedBytes() < 400 * MIB, () -> "reserved " + stats.reservedBytes());
      assertTrue(grown < 128 * MIB, () -> grown + " bytes touched");
      return argument;
    }
  }

  @Test
  void portable_keepsWhatWasTouched_andUsesItAgain() {
    FreshAllocator.run(Kept.class, "");
  }

  /** Fills and frees several times, with purges on demand and in the background. */
  static final class Kept implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      HakmemConfig config = HakmemConfig.DEFAULT.withOs(Os.PORTABLE).withPurgeDelayMillis(1);
      Hakmem.configure(config);
      fillAndFree();
      long peak = Hakmem.stats().peakCommittedBytes();
      assertTrue(peak > 20 * MIB, "peak " + peak);
      for (int i = 0; i < 5; i++) {
        Hakmem.purge();
        HeapVerifier.verify();
        assertEquals(0, Hakmem.stats().allocatedBytes());
        assertEquals(peak, Hakmem.stats().committedBytes(), "nothing goes back");
        fillAndFree();
        assertEquals(peak, Hakmem.stats().peakCommittedBytes(), "touches new memory");
      }
      assertEquals(0, Hakmem.stats().osCalls().get("advise"));
      return argument;
    }
  }

  @Test
  void portable_atTheLimit_isAnOutOfMemoryErrorAndUsableAfterwards() {
    FreshAllocator.run(Limited.class, "");
  }

  /** The limit bounds what was ever touched. */
  static final class Limited implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(HakmemConfig.DEFAULT.withOs(Os.PORTABLE).withLimitBytes(8 * MIB));
      List<Long> blocks = new ArrayList<>();
      for (long at = Hakmem.tryAllocate(5000); at != 0; at = Hakmem.tryAllocate(5000)) {
        Patterns.write(at, 5000, at);
        blocks.add(at);
      }
      assertTrue(blocks.size() * 5000L > 7 * MIB, blocks.size() + " blocks");
      assertThrows(OutOfMemoryError.class, () -> Hakmem.allocate(5000));
      for (long at : blocks) {
        assertEquals(-1, Patterns.mismatch(at, 5000, 5000, at));
        Hakmem.free(at);
      }
      Hakmem.free(Hakmem.allocate(5000));
      HeapVerifier.verify();
      assertTrue(Hakmem.stats().peakCommittedBytes() <= 8 * MIB);
      return argument;
    }
  }

  @Test
  void threadsThatComeAndGo_whileNothingGoesBack_useTheSameCachesAgain() {
    FreshAllocator.run(ManyThreads.class, "");
  }

  /** More threads, one after the other, than a region of this size has caches for. */
  static final class ManyThreads implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      FakeOsMemory os = FakeOsMemory.onThisSystem();
      HakmemConfig config = HakmemConfig.DEFAULT.withRegionBytes(64 * MIB);
      Startup.start(config.withPurgeDelayMillis(-1), List.of(() -> os));
      os.refuse((call, number) -> call == Call.DECOMMIT);
      long committed = 0;
      for (int i = 0; i < 200; i++) {
        InThread.run(() -> Hakmem.handle().free(Hakmem.allocate(100)));
        Hakmem.purge();
        if (i == 10) {
          committed = Hakmem.stats().committedBytes();
        }
      }
      assertEquals(committed, Hakmem.stats().committedBytes());
      HeapVerifier.verify();
      return argument;
    }
  }

  private static void fillAndFree() {
    List<Long> blocks = new ArrayList<>();
    for (long size : new long[] {16, 100, 1000, 2000, 20_000, 48 << 10, 100_000, MIB, 3 * MIB}) {
      for (long bytes = 0; bytes < 3 * MIB; bytes += size) {
        long address = Hakmem.allocateZeroed(size);
        assertEquals(-1, Patterns.firstNonZero(address, size), "size " + size);
        Patterns.write(address, size, address);
        blocks.add(address);
      }
    }
    blocks.forEach(Hakmem::free);
  }
}
