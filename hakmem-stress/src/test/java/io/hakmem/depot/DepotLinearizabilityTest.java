// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import io.hakmem.slab.Owners;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Exchanges of magazines by several threads are as if they came one after the other. */
final class DepotLinearizabilityTest {
  /*
   * Lincheck makes up scenarios, runs them, and looks for an order of the calls in which the sequential
   * model gives the same results. Its model checker goes through interleavings at fields, arrays and
   * monitors; it takes memory for sequentially consistent and does not see what lies off heap. Here
   * blocks are only numbers, so nothing escapes it: what the monitor publishes of the memory behind
   * them is the subject of the jcstress tests. Of calls that take the lock several times, as
   * returnSurplus, each taking is a call here.
   */

  private static final int CAPACITY = 3;
  private static final int MAX_FULL = 2;

  @Test
  void everyInterleavingTried_hasAnOrder() {
    new ModelCheckingOptions()
        .iterations(30)
        .invocationsPerIteration(200)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .minimizeFailedScenario(false)
        .sequentialSpecification(Model.class)
        .check(Exchange.class);
  }

  @Test
  void everyRunOfRealThreads_hasAnOrder() {
    new StressOptions()
        .iterations(30)
        .invocationsPerIteration(200)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .minimizeFailedScenario(false)
        .sequentialSpecification(Model.class)
        .check(Exchange.class);
  }

  /** The depot, with calls that a generator can make up. */
  @Param(name = "owner", gen = IntGen.class, conf = "1:2")
  @Param(name = "block", gen = IntGen.class, conf = "1:9")
  @Param(name = "count", gen = IntGen.class, conf = "1:3")
  public static final class Exchange {

    @SuppressWarnings(
        "NullAway") // no slabs: nobody asks them here, and Lincheck follows each field
    private final Depot depot = new Depot(null, new Owners(), CAPACITY, MAX_FULL);

    @Operation
    public boolean give(
        @Param(name = "owner") int owner,
        @Param(name = "block") int first,
        @Param(name = "count") int count) {
      return depot.giveFull(owner, blocks(first, count), 0, count);
    }

    @Operation
    public List<Long> take(@Param(name = "owner") int owner, @Param(name = "count") int room) {
      long[] into = new long[room];
      int count = depot.takeFull(owner, into, 0, room);
      List<Long> taken = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        taken.add(into[i]);
      }
      return taken;
    }

    @Operation
    public long blockCount() {
      return depot.blockCount();
    }

    @Validate
    public void verify() {
      depot.verify();
    }
  }

  /** What one thread would see. */
  public static final class Model {

    /** The oldest block first, and how many were ever given to it. */
    private static final class Batch {
      final Deque<Long> blocks = new ArrayDeque<>();
      int given;
    }

    private final Map<Integer, Deque<Batch>> waiting = new HashMap<>();

    public boolean give(int owner, int first, int count) {
      Deque<Batch> mine = waiting.computeIfAbsent(owner, ignored -> new ArrayDeque<>());
      if (mine.isEmpty() || mine.getLast().given + count > CAPACITY) {
        if (mine.size() == MAX_FULL) {
          return false;
        }
        mine.addLast(new Batch());
      }
      Batch newest = mine.getLast();
      newest.given += count;
      long[] lot = blocks(first, count);
      for (int i = count - 1; i >= 0; i--) { // the last of a lot is the oldest
        newest.blocks.addLast(lot[i]);
      }
      return true;
    }

    public List<Long> take(int owner, int room) {
      Deque<Batch> mine = waiting.getOrDefault(owner, new ArrayDeque<>());
      List<Long> taken = new ArrayList<>();
      if (mine.isEmpty()) {
        return taken;
      }
      Batch oldest = mine.getFirst();
      while (taken.size() < room && !oldest.blocks.isEmpty()) {
        taken.addFirst(oldest.blocks.removeFirst()); // the oldest comes last
      }
      if (oldest.blocks.isEmpty()) {
        mine.removeFirst();
      }
      return taken;
    }

    public long blockCount() {
      return waiting.values().stream()
          .flatMap(Deque::stream)
          .mapToLong(batch -> batch.blocks.size())
          .sum();
    }
  }

  private static long[] blocks(int first, int count) {
    long[] blocks = new long[count];
    Arrays.setAll(blocks, i -> 10L * first + i);
    return blocks;
  }
}
