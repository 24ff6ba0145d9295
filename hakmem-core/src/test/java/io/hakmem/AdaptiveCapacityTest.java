// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.control.Allocator;
import io.hakmem.front.FrontCache;
import io.hakmem.front.FrontCaches;
import io.hakmem.slab.SizeClasses;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Capacities of a thread's cache while its program changes what it does. */
final class AdaptiveCapacityTest {

  private static final HakmemConfig KNOWN =
      HakmemConfig.DEFAULT
          .withRegionBytes(1L << 30)
          .withPurgeDelayMillis(-1)
          .withTinyFastCap(16)
          .withTinyRefillCountHot(8)
          .withTinySllDrainInterval(256);

  @Test
  void aPhaseThatChanges_movesCapacity_andKeepsTheBudget() {
    FreshAllocator.run(Phases.class, "1");
  }

  @Test
  void withoutTheKnob_capacitiesStay() {
    FreshAllocator.run(Phases.class, "0");
  }

  @Test
  void aFullStackThatShrinks_givesBackWhatItHasNoRoomFor() {
    FreshAllocator.run(Freed.class, "");
  }

  @Test
  void aVirtualThreadsCaches_keepTheHeapSound() {
    FreshAllocator.run(Virtual.class, "");
  }

  /** Phases that need 60 blocks of one size at a time, then of another. */
  static final class Phases implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      boolean adapt = argument.equals("1");
      Hakmem.configure(KNOWN.withAce(adapt));
      FrontCache cache = Objects.requireNonNull(allocator().cache());
      for (int size : new int[] {100, 200, 100}) {
        int sizeClass = SizeClasses.classOf(size);
        int other = SizeClasses.classOf(300 - size);
        long before = Hakmem.stats().misses();
        for (int round = 0; round < 100; round++) {
          churn(size, 60);
          HeapVerifier.verify();
        }
        long learning = Hakmem.stats().misses() - before;
        for (int round = 0; round < 100; round++) {
          churn(size, 60);
        }
        long learnt = Hakmem.stats().misses() - before - learning;
        if (adapt) {
          assertEquals(64, cache.capacity(sizeClass));
          assertEquals(8, cache.capacity(other));
          assertTrue(learnt < learning, learnt + " misses after " + learning);
        } else {
          assertEquals(16, cache.capacity(sizeClass));
          assertEquals(16, cache.capacity(other));
        }
      }
      assertEquals(adapt, Hakmem.stats().capacityGrowths() > 0);
      assertEquals(adapt, Hakmem.stats().capacityShrinks() > 0);
      HeapVerifier.verify();
      return argument;
    }
  }

  /** A class of which blocks only come back loses capacity while its stack is full. */
  static final class Freed implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN.withTinySllDrainInterval(1 << 30).withAce(true));
      FrontCache cache = Objects.requireNonNull(allocator().cache());
      int sizeClass = SizeClasses.classOf(100);
      List<Long> live = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        live.add(Hakmem.allocate(100));
      }
      drainByAMissOf(200);
      live.forEach(Hakmem::free);
      assertEquals(16, cache.capacity(sizeClass));
      assertEquals(16, cache.cachedBlocks(sizeClass));
      drainByAMissOf(400);
      assertEquals(8, cache.capacity(sizeClass));
      assertEquals(8, cache.cachedBlocks(sizeClass));
      HeapVerifier.verify();
      return argument;
    }

    private static void drainByAMissOf(int size) {
      FrontCaches.raiseEpoch();
      Hakmem.free(Hakmem.allocate(size));
    }
  }

  /** Caches that are borrowed beside those of threads. */
  static final class Virtual implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN.withAce(true));
      for (int i = 0; i < 4; i++) {
        int size = 100 << i;
        InThread.runVirtual(() -> churn(size, 300));
        InThread.run(() -> churn(size, 300));
      }
      HeapVerifier.verify();
      assertEquals(0, Hakmem.stats().allocatedBytes());
      Hakmem.purge();
      HeapVerifier.verify();
      return argument;
    }
  }

  private static void churn(int size, int blocks) {
    List<Long> live = new ArrayList<>();
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < blocks; i++) {
        live.add(Hakmem.allocate(size));
      }
      live.forEach(Hakmem::free);
      live.clear();
    }
  }

  private static Allocator allocator() {
    Hakmem.free(Hakmem.allocate(1));
    return Objects.requireNonNull(Allocator.current());
  }
}
