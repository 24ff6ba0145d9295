// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static io.hakmem.InvalidFreeException.Kind.FOREIGN;
import static io.hakmem.InvalidFreeException.Kind.INTERIOR;
import static io.hakmem.InvalidFreeException.Kind.NOT_ALLOCATED;
import static io.hakmem.InvalidFreeException.Kind.WRONG_SIZE;
import static io.hakmem.Misuse.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Misuse.Caller;
import io.hakmem.Misuse.Tier;
import io.hakmem.superslab.Region;
import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Double, interior, foreign and wrong-size frees, ten thousand of each in every tier by every call
 * that takes an address, on both kinds of threads, and five hundred in the hardened mode: all are
 * refused for what they are, and nothing changes.
 */
@ParameterizedClass
@EnumSource(Caller.class)
@Tag("every-source")
@Tag("every-mode")
final class RefusedFreesTest {

  private static final int TIMES = TestMode.isHardened() ? 500 : 10_000;
  private static final long PAGE = 4096;

  /** A call that takes an address. */
  private enum Way {
    FREE,
    HANDLE_FREE,
    USABLE_SIZE,
    REALLOCATE,
    FREE_SIZED,
    HANDLE_FREE_SIZED,
    SEGMENT,
    BUFFER;

    boolean isFor(Caller caller) {
      return caller == Caller.PLATFORM || (this != HANDLE_FREE && this != HANDLE_FREE_SIZED);
    }

    boolean saysSize() {
      return compareTo(FREE_SIZED) >= 0;
    }

    void call(long address, long byteSize) {
      switch (this) {
        case FREE -> Hakmem.free(address);
        case HANDLE_FREE -> Hakmem.handle().free(address);
        case USABLE_SIZE -> Hakmem.usableSize(address);
        case REALLOCATE -> Hakmem.reallocate(address, byteSize);
        case FREE_SIZED -> Hakmem.free(address, byteSize);
        case HANDLE_FREE_SIZED -> Hakmem.handle().free(address, byteSize);
        case SEGMENT -> Hakmem.free(segment(address, byteSize));
        case BUFFER -> Hakmem.free(segment(address, byteSize).asByteBuffer());
      }
    }

    private static MemorySegment segment(long address, long byteSize) {
      return MemorySegment.ofAddress(address).reinterpret(byteSize);
    }
  }

  /** What is done with a live block, which must be free in the end. */
  private interface Action {
    void accept(long address, long byteSize);
  }

  private final Caller caller;
  private final List<Way> ways = new ArrayList<>();
  private final List<Way> freeing = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private int times;

  RefusedFreesTest(Caller caller) {
    this.caller = caller;
    for (Way way : Way.values()) {
      if (way.isFor(caller)) {
        ways.add(way);
        freeing.add(way);
      }
    }
    freeing.remove(Way.USABLE_SIZE);
    freeing.remove(Way.REALLOCATE);
  }

  @BeforeAll
  static void configure() {
    Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
  }

  @AfterEach
  void verifyHeap() {
    assertTrue(times >= TIMES, () -> times + " times");
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes(), "bytes still allocated");
    Hakmem.purge();
    HeapVerifier.verify();
  }

  /** Every way is refused; with a wrong size those that say one. */
  private void refuses(InvalidFreeException.Kind kind, long address, long byteSize) {
    for (Way way : ways) {
      if (kind != WRONG_SIZE || way.saysSize()) {
        refused(kind, address, () -> way.call(address, byteSize));
      }
    }
    assertEquals(kind == WRONG_SIZE, Hakmem.owns(address));
    times++;
  }

  private void free(long address, long byteSize) {
    freeing.get(random.nextInt(freeing.size())).call(address, byteSize);
  }

  private static long[] allocate(Tier tier, int round) {
    long[] blocks = new long[tier.batch()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = Hakmem.allocate(tier.size(i + round));
    }
    return blocks;
  }

  /** Does it to block after block until enough was refused. */
  private void forBlocks(Tier tier, Action action) {
    caller.run(
        () -> {
          for (int round = 0; times < TIMES; round++) {
            long[] blocks = allocate(tier, round);
            for (int i = 0; i < blocks.length; i++) {
              action.accept(blocks[i], tier.size(i + round));
            }
            if (round % 20 == 0) {
              Hakmem.purge();
            }
          }
        });
  }

  // ---- double

  @ParameterizedTest
  @EnumSource
  void doubleFrees_atOnce(Tier tier) {
    forBlocks(
        tier,
        (address, byteSize) -> {
          free(address, byteSize);
          refuses(NOT_ALLOCATED, address, byteSize);
        });
  }

  @ParameterizedTest
  @EnumSource
  void doubleFrees_whenTheNeighboursAreFreeOrTheMemoryIsPurged(Tier tier) {
    caller.run(
        () -> {
          for (int round = 0; times < TIMES; round++) {
            long[] blocks = allocate(tier, round);
            long[] inner = new long[blocks.length];
            for (int i = 0; i < blocks.length; i++) {
              inner[i] = blocks[i] + random.nextLong(Hakmem.usableSize(blocks[i]));
              free(blocks[i], tier.size(i + round));
              refuses(NOT_ALLOCATED, inner[i], tier.size(i + round));
            }
            if (round % 2 == 0) {
              Hakmem.purge();
            }
            for (int i = 0; i < blocks.length; i++) {
              refuses(NOT_ALLOCATED, blocks[i], tier.size(i + round));
              refuses(NOT_ALLOCATED, inner[i], tier.size(i + round));
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void doubleFrees_ofOtherThreadsBlocks(Tier tier) {
    for (int start = 0; times < TIMES; start++) {
      int round = start;
      long[] blocks = allocate(tier, round);
      caller.run(
          () -> {
            for (int i = 0; i < blocks.length; i++) {
              if (i % 2 == 0) {
                free(blocks[i], tier.size(i + round));
                refuses(NOT_ALLOCATED, blocks[i], tier.size(i + round));
              }
            }
          });
      for (int i = 1; i < blocks.length; i += 2) {
        Hakmem.free(blocks[i]);
      }
      caller.run(
          () -> {
            for (int i = 0; i < blocks.length; i++) {
              refuses(NOT_ALLOCATED, blocks[i], tier.size(i + round));
            }
          });
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Tier.class,
      names = {"ACE", "HUGE"})
  void doubleFrees_ofPartsOfALargerBlock(Tier tier) {
    long size = tier == Tier.ACE ? 60_000 : 2 << 20;
    caller.run(
        () -> {
          while (times < TIMES) {
            long[] parts = new long[8];
            for (int i = 0; i < parts.length; i++) {
              parts[i] = Hakmem.allocate(size);
            }
            for (long part : parts) {
              free(part, size);
              refuses(NOT_ALLOCATED, part, size);
            }
            long large = Hakmem.allocate(8 * size);
            long end = large + Hakmem.usableSize(large);
            for (long part : parts) {
              if (part > large && part < end) {
                refuses(INTERIOR, part, size);
              } else if (part != large) {
                refuses(NOT_ALLOCATED, part, size);
              }
            }
            free(large, 8 * size);
            refuses(NOT_ALLOCATED, large, 8 * size);
          }
        });
  }

  // ---- interior

  @ParameterizedTest
  @EnumSource
  void interiorFrees(Tier tier) {
    forBlocks(
        tier,
        (address, byteSize) -> {
          refusesInside(address, byteSize);
          free(address, byteSize);
        });
  }

  @ParameterizedTest
  @EnumSource
  void interiorFrees_ofOtherThreadsBlocks(Tier tier) {
    for (int start = 0; times < TIMES; start++) {
      int round = start;
      long[] blocks = allocate(tier, round);
      caller.run(
          () -> {
            for (int i = 0; i < blocks.length; i++) {
              refusesInside(blocks[i], tier.size(i + round));
            }
          });
      for (long block : blocks) {
        Hakmem.free(block);
      }
    }
  }

  private void refusesInside(long address, long byteSize) {
    long usable = Hakmem.usableSize(address);
    refuses(INTERIOR, address + random.nextLong(1, Math.max(usable, 2)), byteSize);
    refuses(INTERIOR, address + Math.max(usable - 1, 1), byteSize);
    if (usable >= 32) {
      long inner = 16 * random.nextLong(1, usable / 16);
      refuses(INTERIOR, address + inner, usable - inner);
    }
  }

  // ---- of another size

  @ParameterizedTest
  @EnumSource
  void wrongSizeFrees(Tier tier) {
    forBlocks(
        tier,
        (address, byteSize) -> {
          refusesOtherSizes(address);
          free(address, byteSize);
        });
  }

  private void refusesOtherSizes(long address) {
    long usable = Hakmem.usableSize(address);
    refuses(WRONG_SIZE, address, usable + 1);
    refuses(WRONG_SIZE, address, usable + 1 + random.nextLong(usable));
    refused(WRONG_SIZE, address, () -> Hakmem.free(address, Long.MAX_VALUE));
    long step = Math.max(16, Math.max(usable / 8, usable > 16 << 10 ? PAGE : 0));
    if (usable > step) {
      refuses(WRONG_SIZE, address, 1 + random.nextLong(usable - step));
    }
  }

  // ---- foreign

  @Test
  void foreignFrees_ofAnyAddressElsewhere() {
    caller.run(
        () -> {
          long end = Region.BASE + Region.BYTES;
          for (long address :
              new long[] {
                1,
                16,
                4096,
                0x7f3a_1234_5670L,
                -1,
                -16,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Region.BASE - 1,
                Region.BASE - 16,
                end,
                end + 16,
                Region.BASE | Long.MIN_VALUE
              }) {
            refuses(FOREIGN, address, 16);
          }
          while (times < TIMES) {
            long address = random.nextLong() & (random.nextBoolean() ? -1L : -16L);
            if (!Region.contains(address) && address != 0) {
              refuses(FOREIGN, address, 1 + random.nextLong(1 << 20));
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void foreignFrees_ofOthersMemory(Tier tier) {
    caller.run(
        () -> {
          while (times < TIMES) {
            try (Arena arena = Arena.ofConfined()) {
              for (int i = 0; i < tier.batch(); i++) {
                long size = tier.size(i);
                refuses(FOREIGN, arena.allocate(size, 16).address(), size);
              }
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void foreignFrees_ofBlocksOfArenasAndHeaps(Tier tier) {
    caller.run(
        () -> {
          while (times < TIMES) {
            try (HakmemHeap heap = HakmemHeap.create();
                Arena arena = HakmemArena.ofConfined()) {
              for (int i = 0; i < tier.batch(); i++) {
                long size = tier.size(i);
                long block = heap.allocate(size);
                refuses(FOREIGN, block, size);
                refuses(FOREIGN, block + random.nextLong(heap.usableSize(block)), size);
                long cut = arena.allocate(size, 1).address();
                refuses(FOREIGN, cut, size);
                refuses(FOREIGN, cut + random.nextLong(size), size);
              }
              heap.verify();
            }
          }
          Hakmem.purge(); // an arena leaves its thread a block
        });
  }

  // ---- neither live nor foreign

  @Test
  void freesIntoMemoryNeverHandedOut() {
    caller.run(
        () -> {
          long live = Hakmem.allocate(100);
          long half = Region.BYTES / 2;
          refuses(NOT_ALLOCATED, Region.BASE + Region.BYTES - 1, 16);
          refuses(NOT_ALLOCATED, Region.BASE + Region.BYTES - 16, 16);
          while (times < TIMES) {
            // Far above everything this test ever allocates.
            long address = Region.BASE + half + random.nextLong(half);
            refuses(NOT_ALLOCATED, address, 1 + random.nextLong(1 << 20));
          }
          Hakmem.free(live);
        });
  }

  // ---- after a reallocation

  @ParameterizedTest
  @EnumSource
  @Tag("standard-mode") // hardened blocks always move
  void frees_ofShrunkBlocks(Tier tier) {
    forBlocks(
        tier,
        (address, byteSize) -> {
          long before = Hakmem.usableSize(address);
          long least = tier == Tier.HUGE ? (1 << 20) + 1 : 1; // below, it changes its tier
          long smaller = Math.max(least, before * 5 / 8);
          long resized = Hakmem.reallocate(address, smaller);
          assertEquals(address, resized, "more than half of it stays in use");
          long usable = Hakmem.usableSize(address);
          if (usable < before) { // the tail was given up
            refuses(NOT_ALLOCATED, address + usable, before - usable);
            refusesOtherSizes(address);
          } else { // it keeps its class: every size that fits is right
            refuses(WRONG_SIZE, address, usable + 1);
            refuses(INTERIOR, address + usable - 1, 1);
          }
          free(address, smaller);
          refuses(NOT_ALLOCATED, address, smaller);
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = Tier.class,
      names = {"ACE", "HUGE"})
  @Tag("standard-mode")
  void frees_ofGrownBlocks(Tier tier) {
    long size = tier == Tier.ACE ? 100_000 : 3 << 20;
    caller.run(
        () -> {
          while (times < TIMES) {
            long address = Hakmem.allocate(size);
            long before = Hakmem.usableSize(address);
            assertEquals(address, Hakmem.reallocate(address, 2 * size), "there is room behind it");
            refuses(INTERIOR, address + before, before);
            refuses(WRONG_SIZE, address, size);
            refusesOtherSizes(address);
            free(address, 2 * size);
            refuses(NOT_ALLOCATED, address, 2 * size);
            refuses(NOT_ALLOCATED, address + before, before);
          }
        });
  }

  // ---- the calls of a heap

  @ParameterizedTest
  @EnumSource
  void frees_byAHeap(Tier tier) {
    caller.run(
        () -> {
          try (HakmemHeap heap = HakmemHeap.create();
              HakmemHeap other = HakmemHeap.create()) {
            for (int i = 0; times < TIMES; i++) {
              long size = tier.size(i);
              long block = heap.allocate(size);
              long usable = heap.usableSize(block);
              refusesByHeap(INTERIOR, heap, block + 1 + random.nextLong(usable - 1));
              refusesByHeap(FOREIGN, other, block);
              refusesByHeap(FOREIGN, other, block + random.nextLong(usable));
              heap.free(block);
              refusesByHeap(NOT_ALLOCATED, heap, block);
              long plain = Hakmem.allocate(size);
              refusesByHeap(FOREIGN, heap, plain);
              refusesByHeap(FOREIGN, heap, plain + random.nextLong(size));
              Hakmem.free(plain);
              times++;
            }
            heap.verify();
            other.verify();
          }
        });
  }

  private static void refusesByHeap(InvalidFreeException.Kind kind, HakmemHeap heap, long address) {
    refused(kind, address, () -> heap.free(address));
    refused(kind, address, () -> heap.usableSize(address));
    refused(kind, address, () -> heap.reallocate(address, 10));
    assertFalse(heap.owns(address));
  }
}
