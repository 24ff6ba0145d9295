// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.ConfinedArenaSubject;
import io.hakmem.lab.subject.CountingSubject;
import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadsTest {
  @TempDir Path folder;

  @Test
  void pair_allocatesAndFreesOneBlockACycle() {
    CountingSubject counts = DryRun.of(Pair.parse(List.of("100000", "64")));
    assertEquals(100_000, counts.allocations());
    assertEquals(100_000, counts.frees());
    assertEquals(1, counts.peakLiveBlocks());
    assertEquals(64, counts.peak().liveBytes());
  }

  @Test
  void producerConsumer_freesEveryBlockOnTheOtherThread() {
    Workload workload = ProducerConsumer.parse(List.of("200", "128", "42"));
    Queue<CountingSubject> subjects = new ConcurrentLinkedQueue<>();
    workload.pass(
        slotCount -> {
          CountingSubject subject = new CountingSubject(slotCount);
          subjects.add(subject);
          return subject;
        });
    assertEquals(2, subjects.size());
    List<Long> allocations = subjects.stream().map(CountingSubject::allocations).sorted().toList();
    List<Long> frees = subjects.stream().map(CountingSubject::frees).sorted().toList();
    assertEquals(List.of(0L, 200L * 128), allocations);
    assertEquals(List.of(0L, 200L * 128), frees);
  }

  @Test
  void producerConsumer_inStep_hasItsPeakWhereItSays() {
    Workload workload = ProducerConsumer.parse(List.of("200", "128", "42"));
    Map<Integer, Long> live = new ConcurrentHashMap<>();
    List<Peak> seen = new ArrayList<>();
    workload.inStep().pass(slotCount -> new LiveSubject(slotCount, live, seen));
    assertEquals(workload.peak(), Optional.of(seen.getLast()));
    assertEquals(16 * 128 * 271.5, (double) seen.getLast().liveBytes(), 25_000);
  }

  /** Sees what is live between threads; the peaks, each higher than the last, of one of them. */
  private static final class LiveSubject extends Subject {
    private final CountingSubject counts;
    private final Map<Integer, Long> live;
    private final List<Peak> seen;

    LiveSubject(int slotCount, Map<Integer, Long> live, List<Peak> seen) {
      counts = new CountingSubject(slotCount);
      this.live = live;
      this.seen = seen;
    }

    @Override
    public long allocate(int slot, long byteSize) {
      live.put(slot, byteSize);
      long address = counts.allocate(slot, byteSize);
      long now = live.values().stream().mapToLong(Long::longValue).sum();
      if (seen.isEmpty() || now > seen.getLast().liveBytes()) {
        seen.add(new Peak(counts.allocations(), now));
      }
      return address;
    }

    @Override
    public void free(int slot, long address) {
      live.remove(slot);
    }

    @Override
    public long allocateZeroed(int slot, long byteSize) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long allocateAligned(int slot, long byteSize, long alignment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void tinyHot_peakIsWhereADryRunFindsIt() {
    Workload workload = TinyHot.parse(List.of("48", "70", "10"));
    assertEquals(DryRun.of(workload).peak(), workload.peak().orElseThrow());
    assertEquals(1400, workload.operations());
  }

  @Test
  void comprehensive_peakIsThatOfTheFirstRound() {
    Workload workload = Comprehensive.parse(List.of("3"));
    CountingSubject counts = DryRun.of(workload);
    assertEquals(counts.peak(), workload.peak().orElseThrow());
    assertEquals(100 * 128, counts.peak().liveBytes());
    assertEquals(counts.allocations(), workload.operations());
  }

  @Test
  void glibcSimple_runsInTheMainThreadAndInAnother() {
    Workload workload = GlibcSimple.parse(List.of("1600"));
    List<CountingSubject> subjects = new ArrayList<>();
    workload.pass(
        slotCount -> {
          CountingSubject subject = new CountingSubject(slotCount);
          subjects.add(subject);
          return subject;
        });
    assertEquals(2, subjects.size());
    assertEquals(2 * subjects.getLast().allocations(), subjects.getFirst().allocations());
    assertEquals(3 * 3 * 4 * 1600, workload.operations());
    assertEquals(1600 * 64, workload.peak().orElseThrow().liveBytes());
  }

  @Test
  void cfrac_findsAFactor() {
    Cfrac cfrac = (Cfrac) Cfrac.parse(List.of("47844164584860002377073651", "100"));
    CountingSubject counts = DryRun.of(cfrac);
    assertTrue(
        cfrac.factor() == 8_177_821_199_011L || cfrac.factor() == 5_850_478_192_241L,
        () -> "" + cfrac.factor());
    assertEquals(counts.allocations(), counts.frees(), "all numbers are dropped");
    assertTrue(cfrac.operations() > 10_000, () -> "" + cfrac.operations());
  }

  @Test
  void mallocLarge_keepsTwentyBuffers() {
    CountingSubject counts = DryRun.of(MallocLarge.parse(List.of("500", "0")));
    assertEquals(21, counts.peakLiveBlocks());
    assertEquals(500, counts.frees());
    assertEquals(15.0 * (1 << 20), counts.requestedBytes() / 500.0, 1 << 20);
  }

  @Test
  void producerConsumer_firstOperationsAreWholeBatches() {
    Workload workload = ProducerConsumer.parse(List.of());
    assertEquals(489 * 1024, workload.first(500_000).operations());
  }

  @Test
  void burstIdle_allocatesUntilTheSumIsReached() {
    CountingSubject counts = DryRun.of(BurstIdle.parse(List.of("100000", "48")));
    assertEquals(2084, counts.allocations());
    assertEquals(2084, counts.frees());
    assertEquals(2084 * 48, counts.peak().liveBytes());
    assertEquals(Optional.of(counts.peak()), BurstIdle.parse(List.of("100000", "48")).peak());
  }

  @Test
  void burstIdle_takesTheSizesThatTracesRequestInTurn() {
    String all = TraceFiles.sample().write(folder).toString();
    String other = new TraceFiles(1).event(Trace.ALLOCATE, 0, 7, 0).write(folder).toString();
    Workload workload = BurstIdle.parse(List.of("3000", all, other));
    assertEquals(List.of("3000", all, other), workload.arguments());
    // 100 7 200 1000 100 50, then from the start
    assertEquals(13, workload.operations());
    assertEquals(Optional.of(new Peak(13, 2 * 1457 + 100)), workload.peak());
    assertEquals(Optional.of(DryRun.of(workload).peak()), workload.peak());
    Workload inChild = WorkloadCatalog.parseInChild("burst-idle", workload.childArguments());
    assertEquals(DryRun.of(workload).peak(), DryRun.of(inChild).peak());
  }

  @Test
  void keepOneIn20_freesAboutNineteenInTwentyAtFirst() {
    IdleWorkload workload = (IdleWorkload) KeepOneIn20.parse(List.of("10000", "100", "42"));
    CountingSubject counts = new CountingSubject(10_000);
    workload.fill(counts);
    assertEquals(10_000, counts.peakLiveBlocks());
    assertEquals(workload.peak(), Optional.of(counts.peak()));
    assertEquals(9_497L * 100, workload.release(counts));
    assertEquals(9_497, counts.frees());
    workload.clear(counts);
    assertEquals(10_000, counts.frees());
  }

  @Test
  void hugeRealloc_growsBlocksInTurn() {
    Workload workload = HugeRealloc.parse(List.of("5", "3", "0"));
    CountingSubject counts = DryRun.of(workload);
    assertEquals(15, counts.allocations());
    assertEquals(3, counts.frees());
    assertEquals(3, counts.peakLiveBlocks());
    assertEquals(workload.peak(), Optional.of(counts.peak()));
    assertEquals((3 * (1 + 2 + 3 + 4 + 5)) << 20, counts.requestedBytes());
    Workload first = workload.first(7);
    counts = DryRun.of(first);
    assertEquals(7, counts.allocations());
    assertEquals(3, counts.frees());
    assertEquals(first.peak(), Optional.of(counts.peak()));
    assertEquals(2, DryRun.of(workload.first(2)).frees());
  }

  @Test
  void hugeRealloc_whereContentsAreLost_fails() {
    Workload workload = HugeRealloc.parse(List.of("3", "2", "4096"));
    workload.pass(slotCount -> new Growing(slotCount, true));
    assertThrows(
        IllegalStateException.class,
        () -> workload.pass(slotCount -> new Growing(slotCount, false)));
  }

  /** The confined arenas, whose reallocation copies or does not. */
  private static final class Growing extends Subject {
    private final Subject arenas;
    private final boolean keeps;

    Growing(int slotCount, boolean keeps) {
      arenas = new ConfinedArenaSubject(slotCount);
      this.keeps = keeps;
    }

    @Override
    public long allocate(int slot, long byteSize) {
      return arenas.allocate(slot, byteSize);
    }

    @Override
    public void free(int slot, long address) {
      arenas.free(slot, address);
    }

    @Override
    public long allocateZeroed(int slot, long byteSize) {
      return arenas.allocateZeroed(slot, byteSize);
    }

    @Override
    public long allocateAligned(int slot, long byteSize, long alignment) {
      return arenas.allocateAligned(slot, byteSize, alignment);
    }

    @Override
    public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
      return arenas.reallocate(slot, address, keeps ? oldByteSize : 0, newByteSize);
    }
  }

  @Test
  void xorshift_drawsTheOriginalsNumbers() {
    int state = 42;
    for (int n = 0; n < 100_000; n++) {
      state = Xorshift.next(state);
    }
    assertEquals(2_359_054_630L, Integer.toUnsignedLong(state));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nothing",
        "random-mixed x",
        "random-mixed 0",
        "random-mixed 10 0",
        "random-mixed 10 10 4294967296",
        "random-mixed 10 10 42 64 32",
        "random-mixed 1 2 3 4 5 6",
        "tiny-hot 64 0",
        "mleak 0",
        "glibc-simple 1599",
        "malloc-large 1 2",
        "comprehensive 0",
        "arena 0",
        "cfrac x",
        "cfrac 1000000",
        "cfrac 1000000007000000003",
        "cfrac 1000000014000000049",
        "cfrac 1000000016000000063 1",
        "pair 10 0",
        "pair 1 2 3",
        "producer-consumer 10 0",
        "burst-idle 0",
        "burst-idle 10 0",
        "burst-idle 10 16 16",
        "burst-idle 10000000000000 16",
        "burst-idle 10 /no/such/file",
        "keep-one-in-20 10 16 0",
        "keep-one-in-20 0",
        "huge-realloc 0",
        "huge-realloc 5000",
        "huge-realloc 1 1 1048577"
      })
  void parse_ofBadArguments_isBadUsageInOneLine(String line) {
    List<String> words = List.of(line.split(" ", -1));
    UsageException e =
        assertThrows(
            UsageException.class,
            () -> WorkloadCatalog.parse(words.getFirst(), words.subList(1, words.size())));
    assertTrue(e.getMessage() != null && !e.getMessage().contains("\n"), e::getMessage);
  }

  @Test
  void catalog_usageNamesTheDefaults() {
    for (WorkloadType type : WorkloadCatalog.all()) {
      Workload workload = WorkloadCatalog.parse(type.name(), List.of());
      assertEquals(type.name(), workload.name());
      for (String argument : workload.arguments()) {
        assertTrue(type.usage().contains("=" + argument), type.usage() + " lacks " + argument);
      }
    }
  }
}
