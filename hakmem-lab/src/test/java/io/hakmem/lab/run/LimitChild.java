// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import io.hakmem.HakmemStats.Mapping;
import io.hakmem.lab.measure.Smaps;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads allocate blocks of all tiers and write them whole, until hakmem has none left for them,
 * and free at random. From time to time all stand still, for smaps is read mapping by mapping, and
 * what moves meanwhile may be counted twice.
 */
public final class LimitChild {
  static final int ROUNDS = 30;

  private static final int THREADS = 4;
  private static final int STEPS = 3000; // of each thread in a round
  private static final int[] BOUNDS = {1 << 10, 1 << 15, 1 << 20, 1 << 22};
  private static final Set<String> NOT_CHARGED = Set.of("page map", "pool live map");

  private static final AtomicLong REFUSED = new AtomicLong();

  private LimitChild() {}

  /** Runs and prints the result. */
  public static void main(String[] arguments) {
    JvmChild.endWithAnyThread();
    Phaser phaser = new Phaser(THREADS + 1);
    for (int i = 0; i < THREADS; i++) {
      long seed = i;
      new Thread(() -> work(phaser, new Random(seed))).start();
    }
    long excess = Long.MIN_VALUE;
    long uncharged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      phaser.arriveAndAwaitAdvance(); // they stand still
      HeapVerifier.verify();
      // Read before: the purge in the background only ever lowers both.
      HakmemStats stats = Hakmem.stats();
      excess = Math.max(excess, resident(stats, true) - stats.committedBytes());
      uncharged = Math.max(uncharged, resident(stats, false));
      phaser.arriveAndAwaitAdvance(); // they go on
    }
    System.out.printf(
        "result samples=%d refused=%d peakCommitted=%d excess=%d uncharged=%d%n",
        ROUNDS, REFUSED.get(), Hakmem.stats().peakCommittedBytes(), excess, uncharged);
  }

  private static long resident(HakmemStats stats, boolean charged) {
    List<Smaps.Range> ranges = new ArrayList<>();
    for (Mapping mapping : stats.mappings()) {
      if (NOT_CHARGED.contains(mapping.name()) != charged) {
        ranges.add(new Smaps.Range(mapping.address(), mapping.address() + mapping.byteSize()));
      }
    }
    return Smaps.residentBytes(ranges);
  }

  private static void work(Phaser phaser, Random random) {
    List<Long> blocks = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (int n = 0; n < STEPS; n++) {
        step(blocks, random);
      }
      phaser.arriveAndAwaitAdvance();
      phaser.arriveAndAwaitAdvance();
    }
  }

  private static void step(List<Long> blocks, Random random) {
    int bound = BOUNDS[Math.min(random.nextInt(100) / 60 + random.nextInt(100) / 90 * 2, 3)];
    long size = 1L + random.nextInt(bound);
    long address = Hakmem.tryAllocate(size);
    if (address != 0) {
      RawMemory.fill(address, size, (byte) 0x5A);
      blocks.add(address);
      return;
    }
    REFUSED.incrementAndGet();
    for (int n = blocks.size() / 2; n > 0; n--) {
      int last = blocks.size() - 1;
      int chosen = random.nextInt(blocks.size());
      Hakmem.free(blocks.get(chosen));
      blocks.set(chosen, blocks.get(last));
      blocks.remove(last);
    }
  }
}
