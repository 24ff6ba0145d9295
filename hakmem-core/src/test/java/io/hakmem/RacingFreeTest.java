// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two frees of one block at the same instant: an error of the program that must not spread. */
final class RacingFreeTest {

  private static final int ROUNDS = 2_000;

  @BeforeAll
  static void configure() {
    Hakmem.configure(HakmemConfig.DEFAULT.withPurgeDelayMillis(-1));
  }

  @AfterEach
  void verifyHeap() {
    // The caches of the threads that raced are dead by now and go home, with the double blocks.
    Hakmem.purge();
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes(), "bytes still allocated");
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 1000, 1152, 5000, 32 << 10, 50_000, 1 << 20, 2 << 20})
  void twoThreads_freeTheSameBlock_atLeastOneSucceedsAndNoBlockIsHandedOutTwice(long size) {
    AtomicLong block = new AtomicLong();
    AtomicInteger freed = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicInteger round = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    List<InThread.Running> racers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      racers.add(InThread.start(() -> race(block, round, freed, done, stop)));
    }
    // A large block's address may be somebody else's block between the two frees: then nothing
    // tells
    // the second free from a rightful one. A block with a class stays in the cache that got it
    // first.
    boolean hasClass = size <= SizeClasses.MAX_BYTES;
    InThread.Running bystander =
        InThread.start(() -> useBlocks(size, hasClass ? stop : new AtomicBoolean(true)));
    int rounds = TestMode.scaled(ROUNDS) / (size > 1024 ? 4 : 1);
    try {
      for (int i = 1; i <= rounds; i++) {
        block.set(Hakmem.allocate(size));
        freed.set(0);
        done.set(0);
        round.set(i);
        while (done.get() < 2) {
          LockSupport.parkNanos(1);
        }
        assertTrue(freed.get() >= 1, "nobody freed it");
      }
    } finally {
      stop.set(true);
    }
    racers.forEach(InThread.Running::join);
    bystander.join();
  }

  private static void race(
      AtomicLong block,
      AtomicInteger round,
      AtomicInteger freed,
      AtomicInteger done,
      AtomicBoolean stop) {
    int last = 0;
    while (!stop.get()) {
      if (round.get() == last) {
        LockSupport.parkNanos(1);
        continue;
      }
      last = round.get();
      try {
        Hakmem.free(block.get());
        freed.incrementAndGet();
      } catch (InvalidFreeException refused) {
        assertEquals(InvalidFreeException.Kind.NOT_ALLOCATED, refused.kind());
      }
      done.incrementAndGet();
    }
  }

  /** Somebody who did nothing wrong: what he holds must stay his. */
  private static void useBlocks(long size, AtomicBoolean stop) {
    SplittableRandom random = new SplittableRandom(size);
    long[] held = new long[50];
    long length = Math.min(size, 64);
    while (!stop.get()) {
      int i = random.nextInt(held.length);
      if (held[i] != 0) {
        assertEquals(-1, Patterns.mismatch(held[i], length, length, i), "somebody else's block");
        Hakmem.free(held[i]);
      }
      held[i] = Hakmem.allocate(size);
      Patterns.write(held[i], length, i);
    }
    for (long address : held) {
      Hakmem.free(address);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 48, 1024, 1152, 1408, 3000, 5000, 20_000, 32 << 10})
  void blockFreedTwiceUnseen_isNeverHandedOutTwiceWhileLive(int size) {
    // The race played by hand: the second thread saw the block live before the first one freed it.
    SplittableRandom random = new SplittableRandom(size);
    for (int round = 0; round < 200; round++) {
      List<Long> blocks = allocate(size, 40);
      List<Long> twice = new ArrayList<>(blocks.subList(10, 10 + random.nextInt(10)));
      for (long address : twice) {
        freeTwiceUnseen(address, size, random.nextInt(3));
      }
      blocks.removeAll(twice);
      checkApart(blocks, size);
      List<Long> others = new ArrayList<>();
      switch (random.nextInt(4)) {
        case 0 -> Hakmem.purge();
        case 1 -> others.addAll(allocate(size + (random.nextBoolean() ? 128 : 0), 100));
        case 2 -> InThread.run(() -> allocate(size, 20).forEach(Hakmem::free));
        default -> InThread.runVirtual(() -> others.addAll(allocate(size, 30)));
      }
      blocks.addAll(others);
      checkApart(blocks, size);
      blocks.addAll(allocate(size, 60));
      checkApart(blocks, size);
      blocks.forEach(Hakmem::free);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 1152, 1408, 5000})
  void blockFreedTwiceUnseen_whoseSlabIsCutAnew_isNotHandedOutInTheMiddleOfAnother(int size) {
    // The second trace of the block outlives its slab, and the same class gets the slices again,
    // but
    // with another slab before them: blocks start elsewhere now.
    int sizeClass = SizeClasses.classOf(size);
    int slabBytes = SizeClasses.slices(sizeClass) << 16;
    int perSlab = SizeClasses.blocks(sizeClass);
    for (int shift = 1; shift <= 3; shift++) {
      List<Long> blocks = allocate(size, 3 * perSlab);
      List<Long> traces = new ArrayList<>(blocks.subList(perSlab, perSlab + 10));
      CountedThread holder = new CountedThread();
      for (long address : traces) {
        unseen(address, sizeClass, () -> holder.call(() -> Hakmem.free(address)));
      }
      blocks.removeAll(traces);
      blocks.forEach(Hakmem::free);
      Hakmem.purge();
      // Something of another size takes the first slices, so that the slabs are cut at other
      // places.
      List<Long> pushed = allocate(40_000L, shift);
      List<Long> again = new ArrayList<>(allocate(size, 3 * perSlab));
      holder.call(() -> again.addAll(allocate(size, 40)));
      checkApart(again, size);
      assertTrue(slabBytes > 0);
      again.forEach(Hakmem::free);
      pushed.forEach(Hakmem::free);
      holder.end();
      Hakmem.purge();
    }
  }

  /** Frees a block by this thread, and once more as if it had been seen live before. */
  private static void freeTwiceUnseen(long address, long size, int by) {
    unseen(
        address,
        SizeClasses.classOf(size),
        () -> {
          switch (by) {
            case 0 -> Hakmem.free(address);
            case 1 -> InThread.run(() -> Hakmem.free(address));
            default -> InThread.runVirtual(() -> Hakmem.free(address));
          }
        });
  }

  private static void unseen(long address, int sizeClass, Runnable secondFree) {
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      Hakmem.free(address);
      LiveMap.set(address, sizeClass);
    } else {
      Hakmem.free(address);
      PoolLiveMap.set(address, PoolLiveMap.carvedAt(address) | PoolLiveMap.LIVE);
    }
    secondFree.run();
  }

  private static List<Long> allocate(long size, int count) {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(Hakmem.allocate(size));
    }
    return blocks;
  }

  private static void checkApart(List<Long> blocks, int size) {
    Set<Long> distinct = new HashSet<>();
    long least = Math.max(size, 16);
    List<Long> sorted = blocks.stream().sorted().toList();
    for (int i = 0; i < sorted.size(); i++) {
      long address = sorted.get(i);
      assertTrue(distinct.add(address), "handed out twice");
      assertTrue(i == 0 || sorted.get(i - 1) + least <= address, "blocks overlap");
      assertTrue(Hakmem.owns(address), "handed out, but not live");
    }
  }

  @Test
  void droppedBlocks_areCounted() {
    long before = Hakmem.stats().droppedBlocks();
    List<Long> blocks = allocate(96, 10);
    for (long address : blocks) {
      freeTwiceUnseen(address, 96, 0);
    }
    List<Long> again = allocate(96, 40);
    assertEquals(10, Hakmem.stats().droppedBlocks() - before);
    again.forEach(Hakmem::free);
  }

  /** A thread that lives on between its tasks, with its cache. */
  private static final class CountedThread {

    private final java.util.concurrent.SynchronousQueue<Runnable> tasks =
        new java.util.concurrent.SynchronousQueue<>();
    private final java.util.concurrent.Semaphore finished = new java.util.concurrent.Semaphore(0);
    private final AtomicBoolean ended = new AtomicBoolean();
    private final InThread.Running thread =
        InThread.start(
            () -> {
              while (!ended.get()) {
                try {
                  tasks.take().run();
                } finally {
                  finished.release();
                }
              }
            });

    void call(Runnable task) {
      try {
        tasks.put(task);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      finished.acquireUninterruptibly();
    }

    void end() {
      call(() -> ended.set(true));
      thread.join();
    }
  }
}
