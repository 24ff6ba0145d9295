// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults from outside: interrupts, a limit that many threads reach at once, little address space.
 */
final class FaultsTest {

  private static final long MIB = 1 << 20;
  private static final long[] SIZES = {
    16, 100, 1000, 2100, 5000, 48 << 10, 60_000, 300_000, MIB + 1
  };

  /** Random work on a few blocks; what memory cannot be had for is left out. */
  private static final class Work {
    private final SplittableRandom random;
    private final long[] blocks = new long[50];
    private int refused;

    Work(long seed) {
      random = new SplittableRandom(seed);
    }

    void steps(int count) {
      for (int i = 0; i < count; i++) {
        try {
          step(random.nextInt(blocks.length), SIZES[random.nextInt(SIZES.length)]);
        } catch (OutOfMemoryError atTheLimit) {
          refused++;
        }
      }
    }

    private void step(int slot, long size) {
      if (blocks[slot] == 0) {
        blocks[slot] = random.nextBoolean() ? Hakmem.allocate(size) : Hakmem.tryAllocate(size);
      } else if (random.nextInt(4) == 0) {
        blocks[slot] = Hakmem.reallocate(blocks[slot], size);
      } else {
        check(blocks[slot], slot);
        Hakmem.free(blocks[slot]);
        blocks[slot] = 0;
      }
      if (blocks[slot] != 0) {
        Patterns.write(blocks[slot], 16, slot);
      }
    }

    private static void check(long address, int slot) {
      assertEquals(-1, Patterns.mismatch(address, 16, 16, slot));
    }

    void end() {
      for (int slot = 0; slot < blocks.length; slot++) {
        if (blocks[slot] != 0) {
          check(blocks[slot], slot);
          Hakmem.free(blocks[slot]);
        }
      }
    }
  }

  private static void assertNothingIsLeft() {
    Hakmem.purge();
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes(), "lost");
  }

  @Test
  void limit_reachedBy16Threads_losesNothing() {
    FreshAllocator.run(RacingForTheLimit.class, "");
  }

  /** Threads of both kinds that want twice what there is. */
  static final class RacingForTheLimit implements UnaryOperator<String> {

    private static final int THREADS = 16;
    private static final long LIMIT = 48 * MIB;

    @Override
    public String apply(String argument) {
      Hakmem.configure(
          TestMode.DEFAULT
              .withRegionBytes(1L << 30)
              .withLimitBytes(LIMIT)
              .withPurgeDelayMillis(10));
      CyclicBarrier barrier = new CyclicBarrier(THREADS);
      AtomicInteger refused = new AtomicInteger();
      List<InThread.Running> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Work work = new Work(t);
        Thread.Builder kind = t % 4 == 3 ? Thread.ofVirtual() : Thread.ofPlatform();
        threads.add(
            InThread.start(
                kind,
                () -> {
                  barrier.await();
                  work.steps(TestMode.scaled(2000));
                  refused.addAndGet(work.refused);
                  barrier.await();
                  work.end();
                }));
      }
      threads.forEach(InThread.Running::join);
      assertTrue(refused.get() > 0, "the limit was never reached");
      assertTrue(Hakmem.stats().peakCommittedBytes() <= LIMIT, () -> Hakmem.stats().toString());
      assertNothingIsLeft();
      // No lock is held, and there is memory again.
      Hakmem.free(Hakmem.allocate(5 * MIB));
      return argument;
    }
  }

  @Test
  void interrupts_ofThreadsAtWork_changeNothing() {
    FreshAllocator.run(Interrupted.class, "");
  }

  /** Threads that find themselves interrupted at any point of any call. */
  static final class Interrupted implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(1));
      AtomicBoolean stop = new AtomicBoolean();
      List<InThread.Running> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Work work = new Work(t);
        boolean purges = t == 0;
        threads.add(
            InThread.start(
                t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual(),
                () -> {
                  for (int i = 0; i < TestMode.scaled(50); i++) {
                    Thread.currentThread().interrupt();
                    work.steps(100);
                    useArenasAndHeap();
                    assertTrue(Thread.currentThread().isInterrupted(), "swallowed");
                    if (purges) {
                      Hakmem.purge();
                    }
                  }
                  work.end();
                }));
      }
      InThread.Running interrupter =
          InThread.start(
              () -> {
                while (!stop.get()) {
                  threads.forEach(each -> each.thread().interrupt());
                }
              });
      threads.forEach(InThread.Running::join);
      stop.set(true);
      interrupter.join();
      assertNothingIsLeft();
      return argument;
    }

    private static void useArenasAndHeap() {
      try (HakmemArena confined = HakmemArena.ofConfined();
          HakmemArena shared = HakmemArena.ofShared();
          HakmemHeap heap = HakmemHeap.create()) {
        confined.allocate(100).set(ValueLayout.JAVA_BYTE, 99, (byte) 1);
        shared.allocate(100_000).set(ValueLayout.JAVA_BYTE, 99_999, (byte) 1);
        heap.free(heap.reallocate(heap.allocate(100), 100_000));
        heap.verify();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {6L << 20, 3L << 20, 2L << 20})
  void littleAddressSpace_getsASmallerRegionOrOneClearError(long kib) {
    String said =
        ChildJava.run(
            kib,
            List.of(
                "-Xmx64m",
                "-XX:+UseSerialGC",
                // Each of the JVM's threads takes address space: as many on every machine.
                "-XX:ActiveProcessorCount=2",
                "-XX:ReservedCodeCacheSize=32m",
                "-XX:CompressedClassSpaceSize=16m"),
            LittleAddressSpace.class);
    assertTrue(said.startsWith("region ") || said.equals("refused"), said);
    if (said.startsWith("region ")) {
      long region = Long.parseLong(said.replaceAll("\\D", ""));
      assertTrue(region <= kib << 10, said);
    }
  }

  /** Takes all that can be had, gives it back, and takes it again. */
  static final class LittleAddressSpace {
    private LittleAddressSpace() {}

    public static void main(String[] args) {
      try {
        Hakmem.free(Hakmem.allocate(1));
      } catch (OutOfMemoryError refused) {
        assertTrue(String.valueOf(refused.getMessage()).contains("ulimit -v"), refused::toString);
        System.out.println("refused");
        return;
      }
      for (int round = 0; round < 2; round++) {
        List<Long> blocks = new ArrayList<>();
        assertThrows(
            OutOfMemoryError.class,
            () -> {
              while (true) {
                blocks.add(Hakmem.allocate(SIZES[blocks.size() % SIZES.length] + 8 * MIB));
              }
            });
        HeapVerifier.verify();
        blocks.forEach(Hakmem::free);
        assertNothingIsLeft();
      }
      long region =
          Hakmem.stats().mappings().stream()
              .mapToLong(HakmemStats.Mapping::byteSize)
              .max()
              .orElse(0);
      System.out.println("region " + region);
    }
  }
}
