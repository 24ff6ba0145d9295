// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wherever the allocator finds the Java heap full, it does all or nothing, and a free does all. */
@Tag("every-source")
final class FullJavaHeapTest {

  @Test
  void everyPlace_failingTheFirstTimeInEachThread_losesNothing() {
    String places = FreshAllocator.run(EveryTier.class, "first", new PlantedFaults.Classes());
    assertTrue(Integer.parseInt(places) > 40, places + " places: the scenario does not do much");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void fullAfterAnyNumberOfObjects_losesNothing(int seed) {
    FreshAllocator.run(EveryTier.class, "random " + seed, new PlantedFaults.Classes());
  }

  @Test
  void frees_findingNoRoomAtAll_succeed() {
    FreshAllocator.run(EveryTier.class, "frees", new PlantedFaults.Classes());
  }

  /** All tiers, kinds of threads, heaps and purges, with faults planted. */
  static final class EveryTier implements UnaryOperator<String> {

    private static final int MOST_ATTEMPTS = 500;
    private static final long MIB = 1 << 20;
    private static final long[] SIZES = {
      16, 100, 2048, 2100, 5000, 48 << 10, 60_000, 300_000, MIB + 1, 5 * MIB
    };

    private final Set<String> places = new HashSet<>();

    /** Those that this thread reached. */
    private final Set<String> reached = new HashSet<>();

    private SplittableRandom random = new SplittableRandom(0);
    private Predicate<String> whileFreeing = place -> true;
    private Predicate<String> otherwise = place -> true;

    /** Live blocks, most of threads that are dead. */
    private final List<Long> blocks = new ArrayList<>();

    private int refused;

    /** How many objects the Java heap has room for. */
    private int left;

    @Override
    public String apply(String argument) {
      String[] words = argument.split(" ", -1);
      switch (words[0]) {
        case "first" -> {
          otherwise = reached::add;
          whileFreeing = reached::add;
        }
        case "random" -> {
          random = new SplittableRandom(Long.parseLong(words[1]));
          otherwise = place -> --left < 0;
          whileFreeing = otherwise;
        }
        default -> otherwise = place -> false;
      }
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      Hakmem.free(Hakmem.allocate(1)); // the start is no part of it
      for (int round = 0; round < 3; round++) {
        inThread(Thread.ofPlatform(), this::work);
        inThread(Thread.ofVirtual(), this::freeAll); // by threads that have no cache yet
        inThread(Thread.ofVirtual(), this::work);
        inThread(Thread.ofPlatform(), this::freeAll);
        inThread(Thread.ofPlatform(), this::useHeap);
        inThread(Thread.ofVirtual(), this::useHeap);
        inThread(Thread.ofPlatform(), this::useArenas);
        attempt(Hakmem::purge);
        Hakmem.purge();
        HeapVerifier.verify();
        assertEquals(0, Hakmem.stats().allocatedBytes(), "lost");
      }
      assertTrue(refused > 0 || words[0].equals("frees"), "nothing was refused");
      return places.size() + "";
    }

    private void inThread(Thread.Builder kind, InThread.Action action) {
      places.addAll(reached);
      reached.clear();
      InThread.run(kind, action);
    }

    // ---- what fails or does not

    /** Does something until it succeeds; after each failure everything is sound. */
    private long get(LongSupplier action) {
      for (int i = 0; i < MOST_ATTEMPTS; i++) {
        left = random.nextInt(1 << random.nextInt(12));
        PlantedFaults.arm(otherwise);
        try {
          return action.getAsLong();
        } catch (OutOfMemoryError full) {
          PlantedFaults.disarm();
          refused++;
          check();
        } finally {
          PlantedFaults.disarm();
        }
      }
      throw new AssertionError("always refused");
    }

    private void attempt(Runnable action) {
      long ignored =
          get(
              () -> {
                action.run();
                return 0;
              });
    }

    /** Does what must not fail. */
    private void must(Runnable action) {
      left = random.nextInt(4);
      PlantedFaults.arm(whileFreeing);
      try {
        action.run();
      } finally {
        PlantedFaults.disarm();
      }
    }

    private void check() {
      HeapVerifier.verify();
      long bytes = 0;
      for (long address : blocks) {
        bytes += Hakmem.usableSize(address);
      }
      assertTrue(bytes <= Hakmem.stats().allocatedBytes(), "a live block is gone");
    }

    // ---- what is done

    private void work() {
      for (long size : SIZES) {
        int count = size <= 5000 ? 200 : 3;
        for (int i = 0; i < count; i++) {
          int which = i;
          keep(() -> which % 2 == 0 ? Hakmem.allocate(size) : Hakmem.allocateZeroed(size));
        }
        keep(() -> Hakmem.allocateAligned(size, 1 << 16));
        keep(() -> Hakmem.allocateAligned(size, 4 * MIB));
        keep(() -> Hakmem.allocateSegment(size).address());
        keep(() -> MemorySegment.ofBuffer(Hakmem.allocateBuffer((int) size)).address());
      }
      for (int i = 0; i < blocks.size(); i += 7) {
        reallocate(i, 2 * Hakmem.usableSize(blocks.get(i)));
      }
      for (int i = 0; i < blocks.size(); i += 11) {
        reallocate(i, SIZES[random.nextInt(SIZES.length)]);
      }
      freeSome(0, 2);
      attempt(Hakmem::purge);
      freeSome(1, 3);
    }

    private void keep(LongSupplier action) {
      long address = get(action);
      Patterns.write(address, 16, address);
      blocks.add(address);
    }

    private void reallocate(int index, long size) {
      long before = blocks.get(index);
      if (size <= 64 * MIB) {
        long after = get(() -> Hakmem.reallocate(before, size));
        assertEquals(-1, Patterns.mismatch(after, 16, 16, before), "contents");
        Patterns.write(after, 16, after);
        blocks.set(index, after);
      }
    }

    private void freeSome(int from, int step) {
      List<Long> rest = new ArrayList<>();
      for (int i = 0; i < blocks.size(); i++) {
        if (i % step == from) {
          free(blocks.get(i));
        } else {
          rest.add(blocks.get(i));
        }
      }
      blocks.clear();
      blocks.addAll(rest);
    }

    private void freeAll() {
      freeSome(0, 1);
    }

    private void free(long address) {
      assertEquals(-1, Patterns.mismatch(address, 16, 16, address), "contents");
      must(() -> Hakmem.free(address));
    }

    private void useHeap() {
      HakmemHeap[] made = new HakmemHeap[1];
      attempt(() -> made[0] = HakmemHeap.create());
      HakmemHeap heap = made[0];
      List<Long> own = new ArrayList<>();
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 600; i++) {
          long size = i % 50 == 49 ? SIZES[random.nextInt(SIZES.length)] : 16 << (i % 5);
          own.add(get(() -> heap.allocate(size)));
        }
        for (int i = 0; i < own.size(); i += 5) {
          int index = i;
          own.set(
              i, get(() -> heap.reallocate(own.get(index), 2 * heap.usableSize(own.get(index)))));
        }
        for (int i = own.size() - 1; i >= 0; i -= 2) {
          long address = own.remove(i);
          must(() -> heap.free(address));
        }
        heap.verify();
      }
      must(heap::close);
    }

    private void useArenas() {
      for (boolean shared : new boolean[] {false, true}) {
        for (int i = 0; i < 3; i++) {
          HakmemArena[] made = new HakmemArena[1];
          attempt(() -> made[0] = shared ? HakmemArena.ofShared() : HakmemArena.ofConfined());
          for (long size : SIZES) {
            attempt(() -> made[0].allocate(size));
          }
          attempt(made[0]::close); // the scope is the JDK's, whose close may want objects
        }
      }
    }
  }
}
