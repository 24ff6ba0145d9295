// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two frees of one block at the same instant: an error of the program that must not spread. */
@Tag("every-source")
final class RacingFreeTest {

  private static final int ROUNDS = 300;
  private static final int BATCH = 100;
  private static final int LINE_INTS = 16;

  @BeforeAll
  static void configure() {
    Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
  }

  @AfterEach
  void verifyHeap() {
    // The caches of the threads that raced are dead by now and go home, with the double blocks.
    Hakmem.purge();
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes(), "bytes still allocated");
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 1000, 1152, 2048, 2304, 5000, 48 << 10, 60_000, 1 << 20, 2 << 20})
  void twoThreads_freeTheSameBlock_atLeastOneSucceedsAndNoBlockIsHandedOutTwice(long size) {
    Race race = new Race(size, TestMode.scaled(size > 48 << 10 ? ROUNDS / 10 : ROUNDS));
    InThread.Running first = InThread.start(() -> race.run(0));
    InThread.Running second = InThread.start(() -> race.run(1));
    first.join();
    second.join();
  }

  /** Two racers go through one array of blocks in step and free each of them, both. */
  private static final class Race {

    private static final int SPINS = 1000;

    private final long size;
    private final long length;
    private final int rounds;
    private final long[] blocks = new long[BATCH];
    private final AtomicIntegerArray freed = new AtomicIntegerArray(BATCH);
    private final AtomicIntegerArray positions = new AtomicIntegerArray(2 * LINE_INTS);
    private final CyclicBarrier barrier = new CyclicBarrier(2);

    Race(long size, int rounds) {
      this.size = size;
      length = Math.min(size, 64);
      this.rounds = rounds;
    }

    void run(int racer) throws Exception {
      SplittableRandom random = new SplittableRandom(racer);
      long[] held = new long[50];
      for (int round = 0; round < rounds; round++) {
        if (round % 3 == racer) {
          allocateAll();
        } else if (round % 3 == 2 && racer == 0) {
          InThread.run(this::allocateAll); // blocks of neither of the two
        }
        positions.set(racer * LINE_INTS, -1);
        barrier.await();
        for (int i = 0; i < BATCH; i++) {
          meet(racer, i);
          free(i);
        }
        barrier.await();
        for (int i = 0; i < BATCH; i++) {
          assertTrue(freed.get(i) >= 1, "nobody freed it");
        }
        barrier.await();
        // What each holds for himself must stay his, whatever came up twice.
        for (int i = 0; i < 20; i++) {
          exchange(held, random.nextInt(held.length), racer);
        }
      }
      for (long address : held) {
        Hakmem.free(address);
      }
    }

    private void allocateAll() {
      for (int i = 0; i < BATCH; i++) {
        blocks[i] = Hakmem.allocate(size);
        freed.set(i, 0);
      }
    }

    private void meet(int racer, int i) {
      positions.set(racer * LINE_INTS, i);
      for (int spins = 0; positions.get((1 - racer) * LINE_INTS) < i; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.parkNanos(1);
        }
      }
    }

    private void free(int i) {
      try {
        Hakmem.free(blocks[i]);
        freed.incrementAndGet(i);
      } catch (InvalidFreeException refused) {
        assertEquals(InvalidFreeException.Kind.NOT_ALLOCATED, refused.kind());
      }
    }

    private void exchange(long[] held, int i, int racer) {
      int seed = 1000 * racer + i;
      if (held[i] != 0) {
        assertEquals(-1, Patterns.mismatch(held[i], length, length, seed), "somebody else's");
        Hakmem.free(held[i]);
      }
      held[i] = Hakmem.allocate(size);
      Patterns.write(held[i], length, seed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 48, 1024, 1152, 1408, 2048, 2304, 2816, 3000, 5000, 20_000, 48 << 10})
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
  @ValueSource(ints = {64, 1152, 2304, 5000, 28 << 10})
  void blockFreedTwiceUnseen_whoseSlabIsGone_isNotHandedOutInTheMiddleOfAnother(int size) {
    // The second trace waits in the cache of a living thread until the slices have become slabs
    // again, of the same class but cut at other places, or of other classes.
    int perSlab = SizeClasses.blocks(SizeClasses.classOf(size));
    for (int shift = 0; shift <= 3; shift++) {
      List<Long> blocks = allocate(size, 3 * perSlab);
      List<Long> traces = List.copyOf(blocks.subList(perSlab, perSlab + Math.min(10, perSlab)));
      Worker holder = new Worker();
      for (long address : traces) {
        unseen(address, SizeClasses.classOf(size), () -> holder.call(() -> Hakmem.free(address)));
      }
      blocks.removeAll(traces);
      blocks.forEach(Hakmem::free);
      Hakmem.purge();
      List<Long> others = allocate(60_000, shift);
      List<Long> again = allocate(size + (shift == 3 ? size / 8 : 0), 3 * perSlab);
      List<Long> freed = again.subList(0, again.size() / 2);
      freed.forEach(Hakmem::free);
      freed.clear();
      holder.call(() -> again.addAll(allocate(size, 40)));
      again.addAll(allocate(size, 40));
      checkApart(again, size);
      again.forEach(Hakmem::free);
      others.forEach(Hakmem::free);
      holder.end();
      Hakmem.purge();
    }
  }

  @Test
  void blockFreedTwiceUnseen_waitingForVirtualThreads_isNotHandedOutInTheMiddleOfAnother() {
    // As above, with the second trace in a magazine for one of the caches that are borrowed.
    int size = 2304;
    int other = 2560;
    Worker holder = new Worker();
    List<Long> blocks = new ArrayList<>();
    InThread.runVirtual(() -> blocks.addAll(allocate(size, 200)));
    List<Long> traces = List.copyOf(blocks.subList(60, 70));
    for (long address : traces) {
      unseen(address, SizeClasses.classOf(size), () -> holder.call(() -> Hakmem.free(address)));
    }
    blocks.removeAll(traces);
    InThread.runVirtual(() -> blocks.forEach(Hakmem::free));
    Hakmem.purge();
    Hakmem.purge();
    List<Long> others = allocate(other, 1000);
    List<Long> freed = new ArrayList<>();
    for (int i = 0; i < others.size(); i += 2) {
      freed.add(others.get(i));
    }
    others.removeAll(freed);
    freed.forEach(Hakmem::free);
    holder.call(() -> Hakmem.free(Hakmem.allocate(3000))); // hands over what it holds for others
    List<Long> mine = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      InThread.runVirtual(() -> mine.addAll(allocate(size, 10)));
    }
    for (long address : mine) {
      assertEquals(size, Hakmem.usableSize(address), "a block of the size asked for");
    }
    others.addAll(allocate(other, 500));
    checkApart(others, other);
    checkApart(mine, size);
    mine.forEach(Hakmem::free);
    others.forEach(Hakmem::free);
    holder.end();
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
    Hakmem.free(address);
    if (PageMap.entry(address) == 0) {
      return; // its slab is gone, so the other thread would have been told
    }
    if (sizeClass <= SizeClasses.TINY_CLASSES) {
      LiveMap.set(address, sizeClass);
    } else {
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
  private static final class Worker {

    private final SynchronousQueue<Runnable> tasks = new SynchronousQueue<>();
    private final Semaphore finished = new Semaphore(0);
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
