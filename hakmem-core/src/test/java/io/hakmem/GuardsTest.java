// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static io.hakmem.InvalidFreeException.Kind.INTERIOR;
import static io.hakmem.InvalidFreeException.Kind.NOT_ALLOCATED;
import static io.hakmem.InvalidFreeException.Kind.WRONG_SIZE;
import static io.hakmem.Misuse.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.control.Allocator;
import io.hakmem.front.FrontCaches;
import io.hakmem.guard.GuardedSlots;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.superslab.Region;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sampled blocks between guard pages; here every allocation is a sample while slots last. */
final class GuardsTest {

  private static final long PAGE = 4096;
  private static final int SLOTS = 64;

  @BeforeAll
  static void configure() {
    Hakmem.configure(HakmemConfig.DEFAULT.withGuardsSampleEvery(1).withPurgeDelayMillis(-1));
  }

  @AfterEach
  void verifyHeap() {
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes());
    assertEquals(SLOTS * PAGE, Hakmem.stats().account().guardBytes());
  }

  private static GuardedSlots slots() {
    return Objects.requireNonNull(Objects.requireNonNull(Allocator.current()).guards());
  }

  private static boolean isSample(long address) {
    return slots().contains(address);
  }

  @Test
  void accessBesideASample_failsAtOnce() {
    int atTheEnd = 0;
    for (int i = 0; i < 100; i++) {
      long size = 16L * (1 + i % 20);
      long address = Hakmem.allocate(size);
      assertTrue(isSample(address));
      CBytes.fill(address, size, (byte) 1);
      boolean left = address % PAGE == 0;
      atTheEnd += left ? 0 : 1;
      long outside = left ? address - 1 : address + size;
      assertThrows(InternalError.class, () -> Memory.getByte(outside));
      assertThrows(InternalError.class, () -> Memory.putByte(outside, (byte) 1));
      Hakmem.free(address);
    }
    assertTrue(atTheEnd > 10 && atTheEnd < 90, atTheEnd + " of 100 at the end of their page");
  }

  @Test
  void doubleFrees_thatRace_exactlyOneWins() {
    for (boolean virtual : new boolean[] {false, true}) {
      for (int round = 0; round < 100; round++) {
        long address = Hakmem.allocate(100);
        assertTrue(isSample(address));
        assertEquals(1, winners(address, virtual), "virtual threads: " + virtual);
      }
    }
  }

  /** How many of two threads that free a block at the same instant succeed. */
  private static int winners(long address, boolean virtual) {
    AtomicInteger won = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(2);
    List<InThread.Running> racers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      racers.add(
          InThread.start(
              virtual ? Thread.ofVirtual() : Thread.ofPlatform(),
              () -> {
                start.await();
                try {
                  Hakmem.free(address);
                  won.incrementAndGet();
                } catch (InvalidFreeException e) {
                  refused.incrementAndGet();
                }
              }));
    }
    racers.forEach(InThread.Running::join);
    assertEquals(2, won.get() + refused.get());
    return won.get();
  }

  @Test
  void accessAfterFree_failsAtOnceAndLongAfter() {
    long address = Hakmem.allocate(100);
    Hakmem.free(address);
    for (int i = 0; i < SLOTS - 1; i++) {
      assertThrows(InternalError.class, () -> Memory.getByte(address));
      assertThrows(InternalError.class, () -> Memory.putByte(address + 99, (byte) 1));
      Hakmem.free(Hakmem.allocate(100));
    }
  }

  @Test
  void report_saysWhatLiesAtAnAddressAndWhoAllocatedAndFreedIt() {
    long address = allocateHere();
    String live = HakmemGuards.report(address + 120);
    assertTrue(live.contains("offset 120 of a live block of 100 bytes"), live);
    assertTrue(live.contains("allocateHere") && !live.contains("freeHere"), live);
    freeHere(address);
    String freed = HakmemGuards.report(address);
    assertTrue(freed.contains("offset 0 of a freed block of 100 bytes"), freed);
    assertTrue(freed.contains("allocateHere") && freed.contains("freeHere"), freed);
    assertTrue(HakmemGuards.report().contains("0x" + Long.toHexString(address)));
    assertTrue(HakmemGuards.report(16).contains("no sampled block"));
  }

  private static long allocateHere() {
    return Hakmem.allocate(100);
  }

  private static void freeHere(long address) {
    Hakmem.free(address);
  }

  @Test
  void badFrees_areRefusedWithBothStacks() {
    long address = allocateHere();
    refused(INTERIOR, address + 16, () -> Hakmem.free(address + 16));
    refused(WRONG_SIZE, address, () -> Hakmem.free(address, 101));
    refused(WRONG_SIZE, address, () -> Hakmem.handle().free(address, 99));
    assertEquals(100, Hakmem.usableSize(address));
    freeHere(address);
    for (Runnable again :
        List.<Runnable>of(
            () -> Hakmem.free(address),
            () -> Hakmem.free(address, 100),
            () -> Hakmem.handle().free(address),
            () -> Hakmem.handle().free(address, 100),
            () -> Hakmem.reallocate(address, 10),
            () -> Hakmem.usableSize(address))) {
      InvalidFreeException refusal = assertThrows(InvalidFreeException.class, again::run);
      assertEquals(NOT_ALLOCATED, refusal.kind());
      assertEquals(2, refusal.getSuppressed().length);
      assertTrue(stackOf(refusal.getSuppressed()[0]).contains("allocateHere"));
      assertTrue(stackOf(refusal.getSuppressed()[1]).contains("freeHere"));
    }
    assertFalse(Hakmem.owns(address));
  }

  private static String stackOf(Throwable trace) {
    return trace.getMessage() + Arrays.toString(trace.getStackTrace());
  }

  @Test
  void everyCall_servesAndTakesSamples() {
    for (long size : new long[] {0, 1, 16, 100, 1024, 4000, PAGE}) {
      long zeroed = Hakmem.allocateZeroed(size);
      assertEquals(-1, Patterns.firstNonZero(zeroed, size));
      Hakmem.free(zeroed, size);
      long aligned = Hakmem.allocateAligned(size, 256);
      assertEquals(0, aligned % 256);
      Hakmem.free(aligned);
      Hakmem.free(Hakmem.allocateSegment(size).fill((byte) 1));
      Hakmem.free(Hakmem.allocateBuffer((int) size));
      long tried = Hakmem.tryAllocate(size);
      assertTrue(isSample(tried));
      Patterns.write(tried, size, 7);
      long moved = Hakmem.reallocate(tried, 2 * size + 1);
      assertNotEquals(tried, moved);
      assertEquals(-1, Patterns.mismatch(moved, size, size, 7));
      Hakmem.handle().free(moved);
      InThread.runVirtual(() -> Hakmem.free(Hakmem.allocate(size)));
    }
  }

  @Test
  void withoutASlot_blocksAreOrdinary() {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 2 * SLOTS; i++) {
      blocks.add(Hakmem.allocate(100));
    }
    assertEquals(SLOTS, blocks.stream().filter(GuardsTest::isSample).count());
    blocks.forEach(Hakmem::free);
    long large = Hakmem.allocate(PAGE + 1);
    assertTrue(Region.contains(large));
    Hakmem.free(large);
  }

  @Test
  void rareSamples_areDrawnByTheCountsOfTheCaches() {
    FreshAllocator.run(Rare.class, "");
  }

  /** The test looks at the caches more often than the background does. */
  static final class Rare implements UnaryOperator<String> {
    private static final int EVERY = 20_000;
    private static final int TIMES = 200;

    @Override
    public String apply(String argument) {
      Hakmem.configure(HakmemConfig.DEFAULT.withGuardsSampleEvery(EVERY));
      Hakmem.free(Hakmem.allocate(1));
      FrontCaches caches = Objects.requireNonNull(Allocator.current()).caches();
      caches.trapDue(EVERY);
      assertNotNull(FrontCaches.current(), "nobody is trapped at first");
      for (int i = 0; i < TIMES * EVERY; i++) {
        Hakmem.free(Hakmem.allocate(100));
        if (i % 500 == 0) {
          caches.trapDue(EVERY);
        }
      }
      long samples = slots().samples();
      // The mean plus a tick for each: 195, with a standard deviation of 14.
      assertTrue(samples > 120 && samples < 270, samples + " samples");
      Hakmem.free(Hakmem.allocate(100));
      assertNotNull(FrontCaches.current(), "calls take the fast ways again");
      HeapVerifier.verify();
      return argument;
    }
  }
}
