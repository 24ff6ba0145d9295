// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static io.hakmem.InvalidFreeException.Kind.NOT_ALLOCATED;
import static io.hakmem.InvalidFreeException.Kind.WRONG_SIZE;
import static io.hakmem.MemoryCorruptionException.Kind.OVERFLOW;
import static io.hakmem.MemoryCorruptionException.Kind.UNDERFLOW;
import static io.hakmem.MemoryCorruptionException.Kind.WRITE_AFTER_FREE;
import static io.hakmem.Misuse.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Misuse.Caller;
import io.hakmem.Misuse.Tier;
import io.hakmem.front.FrontCaches;
import io.hakmem.front.Watch;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code hakmem.hardening=full} finds, by every call, in every tier, on both kinds of threads.
 */
@ParameterizedClass
@EnumSource(Caller.class)
@Tag("every-source")
final class HardenedTest {

  private static final long QUARANTINE = 1 << 20;
  private static final long PAGE = 4096;

  /** A call that ends a block. */
  enum Way {
    FREE,
    FREE_SIZED,
    SEGMENT,
    BUFFER,
    REALLOCATE,
    REALLOCATE_LARGER,
    HANDLE_FREE,
    HANDLE_FREE_SIZED;

    boolean isFor(Caller caller) {
      return caller == Caller.PLATFORM || compareTo(HANDLE_FREE) < 0;
    }

    void call(long address, long size) {
      switch (this) {
        case FREE -> Hakmem.free(address);
        case FREE_SIZED -> Hakmem.free(address, size);
        case SEGMENT -> Hakmem.free(MemorySegment.ofAddress(address).reinterpret(size));
        case BUFFER ->
            Hakmem.free(MemorySegment.ofAddress(address).reinterpret(size).asByteBuffer());
        case REALLOCATE -> Hakmem.reallocate(address, size);
        case REALLOCATE_LARGER -> Hakmem.reallocate(address, 2 * size);
        case HANDLE_FREE -> Hakmem.handle().free(address);
        case HANDLE_FREE_SIZED -> Hakmem.handle().free(address, size);
      }
    }
  }

  private final Caller caller;

  HardenedTest(Caller caller) {
    this.caller = caller;
  }

  @BeforeAll
  static void configure() {
    Hakmem.configure(
        TestMode.DEFAULT
            .withHardening(HakmemConfig.Hardening.FULL)
            .withQuarantineBytes(QUARANTINE)
            .withPurgeDelayMillis(-1));
  }

  @AfterEach
  void verifyHeap() {
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes(), "bytes still allocated");
    Hakmem.purge();
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().account().quarantinedBytes());
  }

  private static void found(
      MemoryCorruptionException.Kind kind, long address, long size, long offset, Runnable action) {
    MemoryCorruptionException found =
        assertThrows(MemoryCorruptionException.class, action::run, kind + " of " + size);
    assertEquals(kind, found.kind());
    assertEquals(address, found.address());
    assertEquals(size, found.byteSize());
    assertEquals(offset, found.offset());
    String message = String.valueOf(found.getMessage());
    assertTrue(message.contains("0x" + Long.toHexString(address)), message);
    assertTrue(message.contains("offset " + offset), message);
  }

  private static void flip(long address) {
    Memory.putByte(address, (byte) ~Memory.getByte(address));
  }

  /** Sizes that fill their class, and those around. */
  private static List<Long> sizes() {
    List<Long> sizes = new ArrayList<>();
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      for (long size = SizeClasses.bytes(c) - 17L; size <= SizeClasses.bytes(c) + 1; size += 6) {
        sizes.add(Math.max(size, 1));
      }
    }
    for (Tier tier : Tier.values()) {
      sizes.addAll(tier.sizes);
    }
    return sizes;
  }

  @ParameterizedTest
  @EnumSource
  void overflowByOneByte_ofEverySizeClassAndTier_isFoundWhenTheBlockEnds(Way way) {
    if (!way.isFor(caller)) {
      return;
    }
    caller.run(
        () -> {
          for (long size : sizes()) {
            long address = Hakmem.allocate(size);
            flip(address + size);
            found(OVERFLOW, address, size, size, () -> way.call(address, size));
            refused(NOT_ALLOCATED, address, () -> Hakmem.free(address));
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void overflow_whereverItHitsTheRedZone_isFound(Tier tier) {
    caller.run(
        () -> {
          for (long size : tier.sizes) {
            for (int beyond = 0; beyond < 16; beyond++) {
              long address = Hakmem.allocate(size);
              flip(address + size + beyond);
              found(OVERFLOW, address, size, size + beyond, () -> Hakmem.free(address));
            }
          }
        });
  }

  @Test
  void blocksOfEveryKind_thatAreUsedAsTheyShould_raiseNothing() {
    caller.run(
        () -> {
          for (long size : sizes()) {
            long address = Hakmem.allocateZeroed(size);
            assertEquals(-1, Patterns.firstNonZero(address, size));
            assertEquals(size, Hakmem.usableSize(address), "no byte more than requested");
            CBytes.fill(address, size, (byte) 0xff);
            refused(WRONG_SIZE, address, () -> Hakmem.free(address, size + 1));
            long moved = Hakmem.reallocate(address, size / 2 + 1);
            CBytes.fill(moved, size / 2 + 1, (byte) 0);
            Hakmem.free(moved, size / 2 + 1);
            long aligned = Hakmem.allocateAligned(size, 256);
            CBytes.fill(aligned, size, (byte) 0);
            Hakmem.free(aligned);
            MemorySegment segment = Hakmem.allocateSegment(size);
            Hakmem.free(segment.fill((byte) 1));
          }
        });
  }

  @Test
  void overflow_ofAnAlignedBlock_isFound() {
    caller.run(
        () -> {
          for (long alignment = 1; alignment <= 4 << 20; alignment <<= 1) {
            long address = Hakmem.allocateAligned(100, alignment);
            assertEquals(0, address & (alignment - 1));
            flip(address + 100);
            found(OVERFLOW, address, 100, 100, () -> Hakmem.free(address));
          }
        });
  }

  @Test
  void underflow_intoTheBlockBefore_isFoundAtBothFrees() {
    caller.run(
        () -> {
          for (int c = 2; c <= SizeClasses.MAX_CLASS; c++) {
            long size = SizeClasses.bytes(c) - 16L;
            TreeMap<Long, Long> blocks = new TreeMap<>();
            long pair = 0;
            while (pair == 0) {
              long address = Hakmem.allocate(size);
              blocks.put(address, address);
              pair = blocks.containsKey(address - SizeClasses.bytes(c)) ? address : 0;
            }
            long second = pair;
            long first = second - SizeClasses.bytes(c);
            flip(second - 1);
            found(UNDERFLOW, second, size, -1, () -> Hakmem.free(second));
            found(OVERFLOW, first, size, size + 15, () -> Hakmem.free(first));
            blocks.remove(first);
            blocks.remove(second);
            blocks.keySet().forEach(Hakmem::free);
          }
        });
  }

  @Test
  void writeAfterFree_ofEveryClass_isFoundWhenTheBlockLeavesTheQuarantine() {
    caller.run(
        () -> {
          for (int c = 2; c <= SizeClasses.MAX_CLASS; c++) {
            long size = SizeClasses.bytes(c) - 16L;
            for (long offset : new long[] {0, size / 2, size - 1, size + 3}) {
              long address = Hakmem.allocate(size);
              Hakmem.free(address);
              flip(address + offset);
              found(WRITE_AFTER_FREE, address, size, offset, Hakmem::purge);
            }
          }
        });
  }

  @Test
  void writeAfterFree_isFoundByLaterFreesAsWell() {
    caller.run(
        () -> {
          long address = Hakmem.allocate(1000);
          Hakmem.free(address);
          flip(address + 7);
          found(
              WRITE_AFTER_FREE,
              address,
              1000,
              7,
              () -> {
                for (int i = 0; i < 100 * QUARANTINE / 1000; i++) {
                  Hakmem.free(Hakmem.allocate(1000));
                }
              });
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = Tier.class,
      names = {"ACE", "HUGE"})
  void accessAfterFree_ofLargeBlocks_isFound(Tier tier) {
    caller.run(
        () -> {
          for (long size : tier.sizes) {
            long address = Hakmem.allocate(size);
            Hakmem.free(address);
            if (TestMode.returnsMemory()) { // forbidden: whoever touches it is told at once
              assertThrows(InternalError.class, () -> Memory.putByte(address + size / 2, (byte) 1));
              assertThrows(InternalError.class, () -> Memory.getByte(address));
            } else if (size <= QUARANTINE / 4) {
              flip(address + size / 2);
              found(WRITE_AFTER_FREE, address, size, size / 2, Hakmem::purge);
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = Tier.class,
      names = {"ACE", "HUGE"})
  void accessBeyondTheRedZone_ofLargeBlocks_meetsTheGuardPage(Tier tier) {
    if (!TestMode.returnsMemory()) {
      return; // no such pages there
    }
    caller.run(
        () -> {
          for (long size : tier.sizes) {
            long address = Hakmem.allocate(size);
            long guard = (address + size + 16 + PAGE - 1) & -PAGE;
            assertEquals(guard, guard & -PAGE);
            assertThrows(InternalError.class, () -> Memory.getByte(guard));
            assertThrows(
                InternalError.class, () -> Memory.segment(address, size + 2 * PAGE).fill((byte) 0));
            found(OVERFLOW, address, size, size, () -> Hakmem.free(address));
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void doubleFrees_thatRace_exactlyOneWins(Tier tier) {
    Race race = new Race(tier, tier.compareTo(Tier.ACE) < 0 ? TestMode.scaled(50) : 5);
    InThread.Running other = InThread.start(() -> race.run(true));
    caller.run(() -> race.run(false));
    other.join();
  }

  @Test
  void quarantine_staysWithinItsBytesAndIsInTheAccount() {
    caller.run(
        () -> {
          for (int i = 0; i < 20_000; i++) {
            Hakmem.free(Hakmem.allocate(1 + i % 3000));
            if (i % 1000 == 0) {
              long bytes = Hakmem.stats().account().quarantinedBytes();
              assertTrue(bytes <= QUARANTINE, bytes + " in quarantine");
            }
          }
          long bytes = Hakmem.stats().account().quarantinedBytes();
          long share = QUARANTINE / 64; // of one of the quarantines, however many there are
          assertTrue(bytes >= share, bytes + " in quarantine");
        });
    HakmemStats stats = Hakmem.stats();
    assertEquals(
        stats.account().quarantinedBytes(),
        stats.sizeClasses().stream().mapToLong(c -> c.quarantinedBlocks() * c.blockBytes()).sum());
  }

  @Test
  void blocks_comeInNoForeseeableOrder() {
    caller.run(
        () -> {
          int ascending = 0;
          long[] blocks = new long[1000];
          for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Hakmem.allocate(48);
            ascending += i > 0 && blocks[i] - blocks[i - 1] == 64 ? 1 : 0;
          }
          assertTrue(ascending < 200, ascending + " of 1000 follow the one before");
          long last = blocks[999];
          for (long block : blocks) {
            Hakmem.free(block);
          }
          int same = 0;
          for (int i = 0; i < blocks.length; i++) {
            long again = Hakmem.allocate(48);
            same += again == last ? 1 : 0;
            last = again;
            Hakmem.free(again);
          }
          assertTrue(same < 200, same + " of 1000 are the block just freed");
        });
  }

  @Test
  void theTableOfCaches_staysEmpty() {
    caller.run(
        () -> {
          Hakmem.free(Hakmem.allocate(1));
          Watch.begin();
          Watch.end(); // as when a recording ends
          Hakmem.free(Hakmem.allocate(1));
          assertNull(FrontCaches.current());
        });
  }

  @Test
  void arenasAndHeaps_areServedAndTheirBlocksWatched() {
    caller.run(
        () -> {
          for (long alignment = 1; alignment <= 16 << 10; alignment *= 2) {
            try (Arena arena = HakmemArena.ofConfined()) {
              for (long size = 1; size < 100_000; size += size / 2 + 1) {
                MemorySegment segment = arena.allocate(size, alignment);
                assertEquals(0, segment.address() % alignment);
                assertEquals(-1, Patterns.firstNonZero(segment.address(), size));
                segment.fill((byte) 1);
              }
            }
          }
          HakmemHeap heap = HakmemHeap.create();
          for (long size = 1; size < 100_000; size += size / 2 + 1) {
            long address = heap.allocate(size);
            heap.verify();
            CBytes.fill(address, heap.usableSize(address), (byte) 1);
            long moved = heap.reallocate(address, size + size / 2 + 1);
            heap.verify();
            if (size % 2 == 0) {
              heap.free(moved);
            }
          }
          long large = heap.allocate(10_000);
          flip(large + 10_000);
          found(OVERFLOW, large, 10_000, 10_000, heap::close);
        });
  }

  /** Two threads go through the same blocks, from the same end or each from its own. */
  private static final class Race {
    private static final int MOST = 200;

    private final Tier tier;
    private final int rounds;
    private final long[] blocks;
    private final AtomicIntegerArray wins = new AtomicIntegerArray(MOST);
    private final CyclicBarrier barrier = new CyclicBarrier(2);

    Race(Tier tier, int rounds) {
      this.tier = tier;
      this.rounds = rounds;
      blocks = new long[Math.min(2 * tier.batch(), MOST)];
    }

    void run(boolean allocates) throws Exception {
      try {
        race(allocates);
      } finally {
        barrier.reset(); // if this one failed, the other one is not to wait for it
      }
    }

    private void race(boolean allocates) throws Exception {
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; allocates && i < blocks.length; i++) {
          blocks[i] = Hakmem.allocate(tier.size(i));
          wins.set(i, 0);
        }
        barrier.await();
        for (int i = 0; i < blocks.length; i++) {
          free(allocates || round % 2 == 0 ? i : blocks.length - 1 - i);
        }
        barrier.await();
        for (int i = 0; i < blocks.length; i++) {
          assertEquals(1, wins.get(i), "frees of one block that succeeded");
        }
        barrier.await();
      }
    }

    private void free(int i) {
      try {
        Hakmem.free(blocks[i]);
        wins.incrementAndGet(i);
      } catch (InvalidFreeException refusal) {
        assertEquals(NOT_ALLOCATED, refusal.kind());
      }
    }
  }
}
