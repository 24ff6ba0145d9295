// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Arenas as holders of hakmem's memory: what they keep, give back, and let nobody else free. */
@ExtendWith(LeavesNothing.class)
final class HakmemArenaTest {

  private static final long[] SIZES = {1, 100, 1000, 8 << 10, 20_000, 48 << 10, 100_000, 3 << 20};

  @Test
  void memoryOfAnOpenArena_canBeFreedByNobodyElse() {
    for (boolean shared : new boolean[] {false, true}) {
      List<MemorySegment> segments = new ArrayList<>();
      try (Arena arena = shared ? HakmemArena.ofShared() : HakmemArena.ofConfined()) {
        for (long size : SIZES) {
          segments.add(arena.allocate(size));
          segments.add(arena.allocate(size));
        }
        segments.forEach(each -> assertKind(each, InvalidFreeException.Kind.FOREIGN));
        InThread.runVirtual(
            () -> segments.forEach(each -> assertKind(each, InvalidFreeException.Kind.FOREIGN)));
      }
      segments.forEach(each -> assertKind(each, InvalidFreeException.Kind.NOT_ALLOCATED));
    }
  }

  private static void assertKind(MemorySegment segment, InvalidFreeException.Kind kind) {
    long address = segment.address();
    List<Runnable> attempts =
        List.of(
            () -> Hakmem.free(address),
            () -> Hakmem.free(address, segment.byteSize()),
            () -> Hakmem.free(address + 16),
            () -> Hakmem.reallocate(address, 40),
            () -> Hakmem.reallocate(address, 2 * segment.byteSize()),
            () -> Hakmem.usableSize(address),
            () -> Hakmem.free(segment));
    for (Runnable attempt : attempts) {
      assertEquals(kind, assertThrows(InvalidFreeException.class, attempt::run).kind());
    }
    assertFalse(Hakmem.owns(address));
  }

  @Test
  void smallArenas_oneAfterTheOther_useTheSameMemory() {
    try (Arena first = HakmemArena.ofConfined()) {
      first.allocate(64);
    }
    long address;
    try (Arena arena = HakmemArena.ofConfined()) {
      address = arena.allocate(64).address();
    }
    for (int i = 0; i < 10_000; i++) {
      try (Arena arena = HakmemArena.ofConfined()) {
        MemorySegment segment = arena.allocate(1 + i % 3000);
        assertEquals(address, segment.address());
        assertEquals(-1, Patterns.firstNonZero(address, segment.byteSize()));
        segment.fill((byte) i);
      }
    }
  }

  @Test
  void purge_whileAnArenaIsOpen_isHarmless() {
    for (int i = 0; i < 3; i++) {
      try (Arena outer = HakmemArena.ofConfined()) {
        MemorySegment segment = outer.allocate(100);
        segment.fill((byte) 1);
        Hakmem.purge();
        try (Arena inner = HakmemArena.ofConfined()) {
          assertEquals(-1, Patterns.firstNonZero(inner.allocate(100).address(), 100));
        }
        assertEquals(1, segment.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 99));
      }
      Hakmem.purge();
      HeapVerifier.verify();
    }
  }

  @Test
  void purge_takesTheBlockThatAThreadKeeps_andTheNextArenaBeginsAnew() {
    allocateInSmallArena();
    assertTrue(Hakmem.stats().cachedBytes() > 0);
    Hakmem.purge();
    assertEquals(0, Hakmem.stats().cachedBytes());
    allocateInSmallArena();
    var requests = Hakmem.stats().requestsByClass();
    allocateInSmallArena();
    assertEquals(requests, Hakmem.stats().requestsByClass(), "there is a block to keep again");
  }

  private static long allocateInSmallArena() {
    try (Arena arena = HakmemArena.ofConfined()) {
      MemorySegment segment = arena.allocate(100);
      segment.fill((byte) 1);
      return segment.address();
    }
  }

  @Test
  void verify_findsAKeptBlockThatIsNotZero() {
    long kept = allocateInSmallArena();
    Raw.putByte(kept + 5000, 1);
    assertThrows(IllegalStateException.class, HeapVerifier::verify);
    Raw.putByte(kept + 5000, 0);
  }

  @Test
  void threadsThatEnd_leaveNothing() {
    for (int i = 0; i < 20; i++) {
      InThread.run(
          () -> {
            try (Arena arena = HakmemArena.ofConfined()) {
              arena.allocate(5000).fill((byte) 1);
            }
          });
    }
  }

  @Test
  void sharedArena_servesManyThreadsAtOnce() {
    try (Arena arena = HakmemArena.ofShared()) {
      List<InThread.Running> running = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int seed = t;
        running.add(InThread.start(() -> allocateAndCheck(arena, seed)));
      }
      running.forEach(InThread.Running::join);
    }
  }

  private static void allocateAndCheck(Arena arena, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<MemorySegment> segments = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      MemorySegment segment = arena.allocate(random.nextInt(200) + (i % 1000 == 0 ? 10_000 : 0));
      assertEquals(-1, Patterns.firstNonZero(segment.address(), segment.byteSize()));
      Patterns.write(segment.address(), segment.byteSize(), segment.address());
      segments.add(segment);
    }
    for (MemorySegment segment : segments) {
      long size = segment.byteSize();
      assertEquals(-1, Patterns.mismatch(segment.address(), size, size, segment.address()));
    }
  }

  @Test
  void sharedArena_closedWhileOthersAllocate_leavesTheAllocatorSound() {
    for (int round = 0; round < 300; round++) {
      Arena arena = HakmemArena.ofShared();
      CountDownLatch started = new CountDownLatch(2);
      List<InThread.Running> running = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        int size = t == 0 ? 48 : 10_000;
        running.add(InThread.start(() -> allocateUntilClosed(arena, size, started)));
      }
      InThread.await(started);
      arena.close();
      running.forEach(InThread.Running::join);
    }
  }

  /** Slowly after a while: whoever closes the arena may wait for a processor. */
  private static void allocateUntilClosed(Arena arena, int size, CountDownLatch started) {
    arena.allocate(size);
    started.countDown();
    try {
      for (int i = 0; true; i++) {
        arena.allocate(size);
        if (i > 10_000) {
          LockSupport.parkNanos(1_000_000);
        }
      }
    } catch (IllegalStateException closed) {
      assertFalse(arena.scope().isAlive());
    }
  }

  @Test
  void arenasAtTheLimit_areRefusedMemory_andGoOn() {
    FreshAllocator.run(AtTheLimit.class, "");
  }

  /** Fills the limit from arenas. */
  static final class AtTheLimit implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(HakmemConfig.DEFAULT.withLimitBytes(16 << 20).withPurgeDelayMillis(-1));
      for (boolean shared : new boolean[] {false, true, false}) {
        try (Arena arena = shared ? HakmemArena.ofShared() : HakmemArena.ofConfined()) {
          for (int size : new int[] {1 << 20, 10_000, 100}) {
            OutOfMemoryError refused =
                assertThrows(OutOfMemoryError.class, () -> allocateForEver(arena, size));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.startsWith("hakmem: no memory for " + size), message);
            HeapVerifier.verify();
          }
        }
        HeapVerifier.verify();
        assertEquals(0, Hakmem.stats().allocatedBytes());
      }
      return "";
    }

    private static void allocateForEver(Arena arena, int size) {
      for (int i = 0; i < 10_000_000; i++) {
        arena.allocate(size).fill((byte) 1);
      }
    }
  }
}
