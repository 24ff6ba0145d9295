// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Idle memory goes back to the system, on demand and by itself, as the kernel sees it. */
final class PurgeTest {

  private static final long MIB = 1 << 20;
  private static final HakmemConfig SMALL = HakmemConfig.DEFAULT.withRegionBytes(1L << 30);

  @Test
  void purge_afterEverythingWasFreed_returnsAllMemory() {
    FreshAllocator.run(OnDemand.class, "");
  }

  /** Fills and frees every tier, then purges. */
  static final class OnDemand implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withPurgeDelayMillis(-1));
      Hakmem.purge(); // before the first use: nothing to do
      List<Long> blocks = allocateEverywhere();
      HakmemStats full = Hakmem.stats();
      long resident = Smaps.residentBytes(full.mappings());
      assertTrue(resident > 40 * MIB, resident + " bytes resident");
      assertTrue(
          resident <= full.committedBytes() + full.metadataBytes(),
          resident + " resident, " + full);
      Hakmem.purge();
      assertTrue(Hakmem.stats().allocatedBytes() >= 40 * MIB, "nothing of it was free");
      blocks.forEach(Hakmem::free);
      Hakmem.purge();
      HeapVerifier.verify();
      HakmemStats empty = Hakmem.stats();
      assertEquals(0, empty.allocatedBytes());
      assertEquals(0, empty.cachedBytes());
      assertTrue(empty.committedBytes() < MIB, empty::toString);
      assertTrue(empty.peakCommittedBytes() >= full.peakCommittedBytes(), empty::toString);
      long left = Smaps.residentBytes(empty.mappings());
      assertTrue(left < MIB, left + " bytes still resident");
      assertTrue(
          left <= empty.committedBytes() + empty.metadataBytes(), left + " resident, " + empty);
      allocateEverywhere().forEach(Hakmem::free);
      HeapVerifier.verify();
      return argument;
    }
  }

  @Test
  void purge_ofHalfTheBlocks_keepsTheOthers() {
    FreshAllocator.run(Half.class, "");
  }

  /** Every other block of large ones is freed. */
  static final class Half implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withPurgeDelayMillis(-1));
      List<Long> kept = new ArrayList<>();
      List<Long> freed = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        long address = Hakmem.allocate(100_000);
        Patterns.write(address, 100_000, address);
        (i % 2 == 0 ? kept : freed).add(address);
      }
      long before = Hakmem.stats().committedBytes();
      freed.forEach(Hakmem::free);
      Hakmem.purge();
      HakmemStats left = Hakmem.stats();
      long after = left.committedBytes();
      assertTrue(after < before * 6 / 10, before + " became " + after);
      long resident = Smaps.residentBytes(left.mappings());
      long maps = left.metadataBytes() - left.heapMetadataBytes();
      assertTrue(resident <= after + maps, resident + " resident, " + left);
      for (long address : kept) {
        assertEquals(-1, Patterns.mismatch(address, 100_000, 100_000, address));
        Hakmem.free(address);
      }
      HeapVerifier.verify();
      return argument;
    }
  }

  @Test
  void purge_afterAllocateZeroed_leavesMemoryZero() {
    FreshAllocator.run(Zeroed.class, "");
  }

  /** Dirty, purge, ask for zeros, again and again. */
  static final class Zeroed implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withPurgeDelayMillis(-1));
      long[] sizes = {16, 100, 2048, 2049, 3000, 20_000, 48 << 10, 60_000, MIB, 3 * MIB};
      for (int round = 0; round < 20; round++) {
        List<Long> blocks = new ArrayList<>();
        for (long size : sizes) {
          for (int i = 0; i < 5; i++) {
            long address = Hakmem.allocateZeroed(size);
            assertEquals(-1, Patterns.firstNonZero(address, size), "size " + size);
            Patterns.write(address, size, round);
            blocks.add(address);
          }
        }
        blocks.forEach(Hakmem::free);
        if (round % 2 == 0) {
          Hakmem.purge();
        }
      }
      return argument;
    }
  }

  @Test
  void backgroundPurge_whileNobodyAllocates_returnsMemory() {
    FreshAllocator.run(InBackground.class, "platform");
  }

  @Test
  void backgroundPurge_afterVirtualThreads_returnsMemory() {
    FreshAllocator.run(InBackground.class, "virtual");
  }

  /** A thread allocates, frees and dies; from then on only the purger works. */
  static final class InBackground implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withPurgeDelayMillis(50));
      InThread.run(
          argument.equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform(),
          () -> allocateEverywhere().forEach(Hakmem::free));
      assertTrue(Hakmem.stats().peakCommittedBytes() > 40 * MIB);
      Eventually.isTrue(
          () -> Hakmem.stats().committedBytes() < 2 * MIB,
          () -> "committed " + Hakmem.stats().committedBytes());
      // A step at work has uncharged some of what it purges: the page map and the rest come on top.
      Eventually.isTrue(() -> resident() < 2 * MIB, () -> resident() + " bytes resident");
      HeapVerifier.verify();
      return argument;
    }

    private static long resident() {
      return Smaps.residentBytes(Hakmem.stats().mappings());
    }
  }

  @Test
  void backgroundPurge_ofIdleLivingThread_leavesLittleBack() {
    FreshAllocator.run(IdleThread.class, "");
  }

  /** The thread that freed everything lives on, and sleeps. */
  static final class IdleThread implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withPurgeDelayMillis(50));
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        blocks.add(Hakmem.allocate(MIB));
      }
      blocks.forEach(Hakmem::free);
      Eventually.isTrue(
          () -> Hakmem.stats().committedBytes() < 2 * MIB,
          () -> "committed " + Hakmem.stats().committedBytes());
      assertTrue(Hakmem.stats().strandedBytes() <= HakmemConfig.DEFAULT.frontCacheBytes());
      return argument;
    }
  }

  @Test
  void backgroundPurge_switchedOff_keepsMemory() {
    FreshAllocator.run(SwitchedOff.class, "");
  }

  /** There is no purge thread but those of other allocators, which end when these are garbage. */
  static final class SwitchedOff implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Set<Thread> before = purgeThreads();
      Hakmem.configure(SMALL.withPurgeDelayMillis(-1));
      Hakmem.free(Hakmem.allocate(MIB));
      Set<Thread> started = purgeThreads();
      started.removeAll(before);
      assertEquals(Set.of(), started);
      return argument;
    }
  }

  private static Set<Thread> purgeThreads() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(thread -> !thread.getName().equals("hakmem-purge"));
    return threads;
  }

  @Test
  void purgeThread_isADaemonWithoutContextClassLoader() {
    FreshAllocator.run(PurgeThread.class, "");
  }

  /** Looks for the thread that was not there before. */
  static final class PurgeThread implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Set<Thread> before = purgeThreads();
      Hakmem.configure(SMALL.withPurgeDelayMillis(1000));
      Hakmem.free(Hakmem.allocate(1));
      Set<Thread> started = purgeThreads();
      started.removeAll(before);
      assertEquals(1, started.size());
      Thread purger = started.iterator().next();
      assertTrue(purger.isDaemon());
      assertEquals(null, purger.getContextClassLoader());
      return argument;
    }
  }

  private static List<Long> allocateEverywhere() {
    List<Long> blocks = new ArrayList<>();
    for (long size :
        new long[] {16, 100, 1000, 2000, 2100, 20_000, 48 << 10, 100_000, MIB, 5 * MIB}) {
      for (long bytes = 0; bytes < 6 * MIB; bytes += size) {
        long address = Hakmem.allocate(size);
        Patterns.write(address, size, 1);
        blocks.add(address);
      }
    }
    return blocks;
  }
}
