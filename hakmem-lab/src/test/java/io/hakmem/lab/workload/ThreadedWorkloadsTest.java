// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.CountingSubject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadedWorkloadsTest {
  @Test
  void lran2_drawsNumbersOfTheRecipe() {
    Lran2 random = new Lran2(4141);
    int[] drawn = IntStream.range(0, 1000).map(n -> random.next()).toArray();
    assertArrayEquals(new int[] {562_984, 514_304, 603_572}, Arrays.copyOf(drawn, 3));
    assertEquals(350_997_912, Arrays.stream(drawn).sum());
    assertEquals(7784, drawn[999]);
  }

  @Test
  void larson_replacesItsThreads() {
    Workload workload = parse("larson 1 8 1000 100 10 4141", 2).first(10_000);
    List<CountingSubject> subjects = pass(workload);
    assertEquals(10_000, workload.operations());
    assertEquals(1 + 10, subjects.size(), "the main thread, 5 generations of 2 threads");
    assertEquals(200 + 800 + 10_000, sum(subjects, CountingSubject::allocations));
    assertEquals(200 + 800 + 10_000, sum(subjects, CountingSubject::frees));
  }

  @Test
  void xmallocTest_freesOnOtherThreads() {
    Workload workload = parse("xmalloc-test 1 64", 2).first(100_000);
    List<CountingSubject> subjects = pass(workload);
    long batches = 2 * 13; // 50,000 of each producer, in whole batches
    assertEquals(batches * 4096, workload.operations());
    assertEquals(batches * 4097, sum(subjects, CountingSubject::frees));
    assertTrue(subjects.stream().noneMatch(it -> it.allocations() > 0 && it.frees() > 0));
  }

  @Test
  void xmallocTest_whenTheTimeIsUp_freesWhatIsLeft() {
    List<CountingSubject> subjects = pass(parse("xmalloc-test 0.05 64", 2));
    assertEquals(
        sum(subjects, CountingSubject::allocations), sum(subjects, CountingSubject::frees));
  }

  @Test
  void sh8Like_freesTheBlocksOfOneThreadMore() {
    List<CountingSubject> subjects = pass(parse("sh8-like 1000 7000 20000 2", 2));
    assertEquals(3, subjects.size());
    assertEquals(List.of(7000L, 7000L, 20_000L), sorted(subjects, CountingSubject::allocations));
    assertEquals(List.of(0L, 17_000L, 17_000L), sorted(subjects, CountingSubject::frees));
  }

  @Test
  void mtRemote_sendsAPartOfTheBlocks() {
    Workload workload = parse("mt-remote 10000 400 16 2048 50 65536", 2);
    List<CountingSubject> subjects = pass(workload);
    long allocations = sum(subjects, CountingSubject::allocations);
    assertEquals(allocations, sum(subjects, CountingSubject::frees));
    long received = workload.operations() - 20_000L;
    assertTrue(received > 0 && received < allocations, "received " + received);
    Workload local = parse("mt-remote 10000 400 16 2048 0 65536", 2);
    pass(local);
    assertEquals(20_000, local.operations());
  }

  @Test
  void mtRemote_whenTheRingIsFull_freesLocally() {
    AddressRing ring = new AddressRing(4);
    CountingSubject subject = new CountingSubject(1);
    for (int round = 0; round < 3; round++) {
      for (int n = 0; n < 4; n++) {
        assertTrue(ring.offer(16L * n));
      }
      assertFalse(ring.offer(64));
      assertEquals(4, ring.drain(subject));
      assertEquals(0, ring.drain(subject));
    }
    assertEquals(12, subject.frees());
  }

  @Test
  void allocTest_prefersSmallBlocksAndAFewSlots() {
    CountingSubject subject = pass(parse("alloc-test 200000", 1)).getFirst();
    double mean = (double) subject.requestedBytes() / (double) subject.allocations();
    // Sizes 5 to 8 with probability 1/2, 9 to 16 with 1/4, ... 513 to 1024 with 1/128.
    assertEquals(27.5, mean, 0.5);
    assertEquals(131_072 + 100_000, (double) subject.allocations(), 5_000.0);
  }

  @Test
  void cacheScratch_freesAnotherThreadsBlocksFirst() {
    List<CountingSubject> subjects = pass(parse("cache-scratch 10 1 1000", 2));
    assertEquals(List.of(2L, 10L, 10L), sorted(subjects, CountingSubject::allocations));
    assertEquals(List.of(0L, 11L, 11L), sorted(subjects, CountingSubject::frees));
    assertEquals(2, pass(parse("cache-thrash 10 1 1000", 2)).size());
  }

  @Test
  void mstress_ofSpoiltBlock_fails() {
    Workload workload = parse("mstress 1 1", 1);
    pass(workload);
    assertThrows(
        IllegalStateException.class,
        () -> workload.pass(slotCount -> new CountingSubject(slotCount, new SpoilingSubject())));
  }

  @Test
  void rptestTables_spanTheRange() {
    for (int mode = RptestTables.EVEN; mode <= RptestTables.EXPONENTIAL; mode++) {
      RptestTables tables = new RptestTables(mode, 8, 16_000, 100);
      IntSummaryStatistics sizes =
          IntStream.range(0, RptestTables.LENGTH).map(tables::size).summaryStatistics();
      assertTrue(sizes.getMin() >= 8 && sizes.getMin() < 100, sizes::toString);
      assertTrue(sizes.getMax() > 10_000 && sizes.getMax() <= 16_008, sizes::toString);
      IntSummaryStatistics allocations =
          IntStream.range(0, RptestTables.LENGTH).map(tables::allocations).summaryStatistics();
      assertEquals(30, allocations.getMin());
      assertEquals(99, allocations.getMax());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cache-scratch 1 1 1",
        "mstress 0",
        "rptest 1",
        "rptest 0 3",
        "rptest 0 1 2 500 700",
        "alloc-test 0",
        "mt-remote 1 0",
        "mt-remote 1 400 16 15",
        "mt-remote 1 400 16 16 101",
        "mt-remote 1 400 16 16 50 100",
        "larson x",
        "larson 0",
        "larson 1e9",
        "larson 1 8 8",
        "xmalloc-test 1 -2",
        "sh6-like 4",
        "sh8-like 10 0"
      })
  void parse_ofBadArguments_isBadUsageInOneLine(String line) {
    UsageException e = assertThrows(UsageException.class, () -> parse(line, 2));
    assertTrue(e.getMessage() != null && !e.getMessage().contains("\n"), e::getMessage);
  }

  private static Workload parse(String line, int threads) {
    List<String> words = List.of(line.split(" ", -1));
    return WorkloadCatalog.parse(
        words.getFirst(), words.subList(1, words.size()), OptionalInt.of(threads));
  }

  private static List<CountingSubject> pass(Workload workload) {
    List<CountingSubject> subjects = Collections.synchronizedList(new ArrayList<>());
    workload.pass(
        slotCount -> {
          CountingSubject subject = DryRun.counting(workload, slotCount);
          subjects.add(subject);
          return subject;
        });
    return subjects;
  }

  private static long sum(List<CountingSubject> subjects, ToLongFunction<CountingSubject> value) {
    return subjects.stream().mapToLong(value).sum();
  }

  private static List<Long> sorted(
      List<CountingSubject> subjects, ToLongFunction<CountingSubject> value) {
    return subjects.stream().mapToLong(value).sorted().boxed().toList();
  }
}
