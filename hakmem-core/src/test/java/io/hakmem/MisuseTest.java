// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static io.hakmem.InvalidFreeException.Kind.FOREIGN;
import static io.hakmem.InvalidFreeException.Kind.INTERIOR;
import static io.hakmem.InvalidFreeException.Kind.NOT_ALLOCATED;
import static io.hakmem.InvalidFreeException.Kind.WRONG_SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.superslab.Region;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bad addresses and sizes, in every tier, on platform and on virtual threads. */
@ParameterizedClass
@EnumSource(MisuseTest.Caller.class)
@Tag("every-source")
final class MisuseTest {

  private static final int TIMES = 10_000;
  private static final long PAGE = 4096;

  /** Which kind of thread does it. */
  enum Caller {
    PLATFORM,
    VIRTUAL;

    void run(InThread.Action action) {
      InThread.run(this == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform(), action);
    }
  }

  /** A tier and sizes in it. */
  enum Tier {
    TINY(1, 16, 17, 100, 144, 1000, 1024),
    POOL(1025, 1153, 2000, 4096, 5000, 20_000, 32 << 10),
    ACE((32 << 10) + 1, 40_000, 64 << 10, 100_000, 500_000, 1 << 20),
    HUGE((1 << 20) + 1, 2 << 20, (2 << 20) + 1, 5_000_000);

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    final List<Long> sizes;

    Tier(Integer... sizes) {
      this.sizes = Stream.of(sizes).map(Integer::longValue).toList();
    }

    long size(int i) {
      return sizes.get(i % sizes.size());
    }

    /** Blocks to hold at a time. */
    int batch() {
      return this == HUGE ? 10 : 100;
    }
  }

  private final Caller caller;

  MisuseTest(Caller caller) {
    this.caller = caller;
  }

  @BeforeAll
  static void configure() {
    Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
  }

  @AfterEach
  void verifyHeap() {
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes(), "bytes still allocated");
    Hakmem.purge();
    HeapVerifier.verify();
  }

  @ParameterizedTest
  @EnumSource
  void free_twice_isRefusedAsNotAllocated(Tier tier) {
    caller.run(
        () -> {
          for (int round = 0; round < TIMES / tier.batch(); round++) {
            long[] blocks = allocateBatch(tier, round);
            free(blocks);
            for (long address : blocks) {
              refused(NOT_ALLOCATED, address, () -> Hakmem.free(address));
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void freeSized_twice_isRefusedAsNotAllocated(Tier tier) {
    caller.run(
        () -> {
          for (int i = 0; i < TIMES / 10; i++) {
            long size = tier.size(i);
            long address = Hakmem.allocate(size);
            Hakmem.free(address, size);
            refused(NOT_ALLOCATED, address, () -> Hakmem.free(address, size));
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void free_ofInnerAddress_isRefusedAsInterior(Tier tier) {
    caller.run(
        () -> {
          SplittableRandom random = new SplittableRandom(1);
          for (int round = 0; round < TIMES / tier.batch(); round++) {
            long[] blocks = allocateBatch(tier, round);
            for (long block : blocks) {
              long usable = Hakmem.usableSize(block);
              long inner = block + 1 + random.nextLong(usable - 1);
              refused(INTERIOR, inner, () -> Hakmem.free(inner));
              refused(INTERIOR, inner, () -> Hakmem.free(inner, usable));
            }
            free(blocks);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void free_ofEveryInnerGranule_isRefusedAsInterior(Tier tier) {
    caller.run(
        () -> {
          for (long size : tier.sizes) {
            long address = Hakmem.allocate(size);
            long usable = Hakmem.usableSize(address);
            long step = usable <= 32 << 10 ? 16 : usable <= 1 << 20 ? 1024 : 8192;
            for (long inner = address + step; inner < address + usable; inner += step) {
              long bad = inner;
              refused(INTERIOR, bad, () -> Hakmem.free(bad));
            }
            refused(INTERIOR, address + 1, () -> Hakmem.free(address + 1));
            refused(INTERIOR, address + usable - 1, () -> Hakmem.free(address + usable - 1));
            Hakmem.free(address);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void freeSized_withOtherSize_isRefusedAsWrongSize(Tier tier) {
    caller.run(
        () -> {
          for (int i = 0; i < TIMES; i++) {
            long size = tier.size(i);
            long address = Hakmem.allocate(size);
            long usable = Hakmem.usableSize(address);
            long tooLarge = usable + 1;
            refused(WRONG_SIZE, address, () -> Hakmem.free(address, tooLarge));
            refused(WRONG_SIZE, address, () -> Hakmem.free(address, Long.MAX_VALUE));
            long tooSmall =
                usable - Math.max(16, Math.max(usable / 8, usable > 32 << 10 ? PAGE : 0));
            if (tooSmall > 0) {
              refused(WRONG_SIZE, address, () -> Hakmem.free(address, tooSmall));
            }
            Hakmem.free(address, size);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void freeSized_withAnySizeOfTheSameClassOrPages_isAccepted(Tier tier) {
    caller.run(
        () -> {
          for (long size : tier.sizes) {
            long first = Hakmem.allocate(size);
            long usable = Hakmem.usableSize(first);
            Hakmem.free(first);
            for (long same = size; same <= usable; same += Math.max(1, (usable - size) / 7)) {
              Hakmem.free(Hakmem.allocate(size), same);
            }
          }
        });
  }

  @Test
  void free_ofForeignAddress_isRefusedAsForeign() {
    caller.run(
        () -> {
          SplittableRandom random = new SplittableRandom(2);
          List<Long> addresses =
              new ArrayList<>(
                  List.of(
                      1L,
                      0x10L,
                      0x7f3a_1234_5670L,
                      -1L,
                      -16L,
                      Long.MIN_VALUE,
                      Long.MAX_VALUE,
                      Region.BASE - 1,
                      Region.BASE - 16,
                      Region.BASE + Region.BYTES,
                      Region.BASE + Region.BYTES + 16,
                      Region.BASE | 1L << 63));
          while (addresses.size() < TIMES) {
            long address = random.nextLong();
            if (address < Region.BASE || address >= Region.BASE + Region.BYTES) {
              addresses.add(address);
            }
          }
          for (long address : addresses) {
            refused(FOREIGN, address, () -> Hakmem.free(address));
            refused(FOREIGN, address, () -> Hakmem.free(address, 16));
            refused(FOREIGN, address, () -> Hakmem.usableSize(address));
            refused(FOREIGN, address, () -> Hakmem.reallocate(address, 100));
            assertFalse(Hakmem.owns(address));
          }
        });
  }

  @Test
  void free_ofAddressInRegionNeverAllocated_isRefusedAsNotAllocated() {
    caller.run(
        () -> {
          SplittableRandom random = new SplittableRandom(3);
          long live = Hakmem.allocate(100);
          List<Long> addresses = new ArrayList<>();
          addresses.add(Region.BASE + Region.BYTES - 1);
          addresses.add(Region.BASE + Region.BYTES - 16);
          while (addresses.size() < TIMES) {
            // Far above everything this test ever allocates.
            long half = Region.BYTES / 2;
            addresses.add(Region.BASE + half + random.nextLong(half));
          }
          for (long address : addresses) {
            refused(NOT_ALLOCATED, address, () -> Hakmem.free(address));
            refused(NOT_ALLOCATED, address, () -> Hakmem.free(address, 16));
            refused(NOT_ALLOCATED, address, () -> Hakmem.usableSize(address));
            assertFalse(Hakmem.owns(address));
          }
          Hakmem.free(live);
        });
  }

  @ParameterizedTest
  @EnumSource
  void usableSizeAndReallocate_ofBadAddress_areRefused(Tier tier) {
    caller.run(
        () -> {
          for (int i = 0; i < TIMES / 10; i++) {
            long size = tier.size(i);
            long address = Hakmem.allocate(size);
            if (size > 1) {
              refused(INTERIOR, address + 1, () -> Hakmem.usableSize(address + 1));
              refused(INTERIOR, address + 1, () -> Hakmem.reallocate(address + 1, size));
            }
            assertTrue(Hakmem.owns(address));
            Hakmem.free(address);
            refused(NOT_ALLOCATED, address, () -> Hakmem.usableSize(address));
            refused(NOT_ALLOCATED, address, () -> Hakmem.reallocate(address, size));
            assertFalse(Hakmem.owns(address));
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void free_afterEverythingWasPurged_isRefusedAsNotAllocated(Tier tier) {
    caller.run(
        () -> {
          long[] blocks = allocateBatch(tier, 1);
          free(blocks);
          Hakmem.purge();
          for (long address : blocks) {
            refused(NOT_ALLOCATED, address, () -> Hakmem.free(address));
            refused(NOT_ALLOCATED, address + 16, () -> Hakmem.free(address + 16));
          }
        });
  }

  @Test
  void free_intoCoalescedPages_isRefusedAsNotAllocated() {
    caller.run(
        () -> {
          long[] blocks = new long[32];
          for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Hakmem.allocate(40_000);
          }
          for (int i = 1; i < blocks.length - 1; i++) {
            long address = blocks[i];
            Hakmem.free(address);
            refused(NOT_ALLOCATED, address, () -> Hakmem.free(address));
            refused(NOT_ALLOCATED, address + PAGE, () -> Hakmem.free(address + PAGE));
            refused(NOT_ALLOCATED, address + 16, () -> Hakmem.usableSize(address + 16));
          }
          // One block over several of the old ones: their addresses are inside it now.
          long large = Hakmem.allocate(200_000);
          for (long address : blocks) {
            if (address > large && address < large + 200_000) {
              refused(INTERIOR, address, () -> Hakmem.free(address));
            }
          }
          Hakmem.free(large);
          Hakmem.free(blocks[0]);
          Hakmem.free(blocks[31]);
        });
  }

  @Test
  void free_behindTheEndOfLargeBlock_isRefusedAsNotAllocated() {
    caller.run(
        () -> {
          long address = Hakmem.allocate((2 << 20) + 1);
          long end = address + Hakmem.usableSize(address);
          refused(NOT_ALLOCATED, end, () -> Hakmem.free(end));
          long shrunk = Hakmem.reallocate(address, (1 << 20) + 4096);
          assertEquals(address, shrunk, "shrunk in place");
          refused(NOT_ALLOCATED, address + (2 << 20), () -> Hakmem.free(address + (2 << 20)));
          long newEnd = address + (1 << 20) + 4096;
          refused(NOT_ALLOCATED, newEnd, () -> Hakmem.free(newEnd));
          refused(INTERIOR, newEnd - 1, () -> Hakmem.free(newEnd - 1));
          Hakmem.free(address);
        });
  }

  @Test
  void free_ofNull_isIgnored() {
    caller.run(
        () -> {
          Hakmem.free(0);
          Hakmem.free(0, 0);
          Hakmem.free(0, 100);
        });
  }

  @ParameterizedTest
  @EnumSource
  void freeSized_afterReallocateInPlace_acceptsTheSizeLastRequested(Tier tier) {
    caller.run(
        () -> {
          for (long size : tier.sizes) {
            for (long percent = 45; percent <= 120; percent += 5) {
              long other = Math.max(1, size * percent / 100);
              long address = Hakmem.reallocate(Hakmem.allocate(size), other);
              Hakmem.free(address, other);
            }
          }
        });
  }

  @Test
  void freeSized_afterAllocateAligned_acceptsRequestedAndUsableSize() {
    caller.run(
        () -> {
          for (long alignment = 1; alignment <= 4 << 20; alignment <<= 1) {
            for (Tier tier : Tier.values()) {
              for (long size : tier.sizes) {
                Hakmem.free(Hakmem.allocateAligned(size, alignment), size);
                long address = Hakmem.allocateAligned(size, alignment);
                long usable = Hakmem.usableSize(address);
                refused(WRONG_SIZE, address, () -> Hakmem.free(address, usable + 1));
                Hakmem.free(address, usable);
                refused(NOT_ALLOCATED, address, () -> Hakmem.free(address, size));
              }
            }
          }
        });
  }

  @Test
  void refusals_ofOtherThreadsBlocks_leaveThemAlive() {
    List<Long> blocks = new ArrayList<>();
    InThread.run(
        () -> {
          for (Tier tier : Tier.values()) {
            for (long size : tier.sizes) {
              long address = Hakmem.allocate(size);
              Patterns.write(address, size, address);
              blocks.add(address);
            }
          }
        });
    caller.run(
        () -> {
          int i = 0;
          for (Tier tier : Tier.values()) {
            for (long size : tier.sizes) {
              long address = blocks.get(i++);
              long usable = Hakmem.usableSize(address);
              refused(INTERIOR, address + usable / 2, () -> Hakmem.free(address + usable / 2));
              refused(WRONG_SIZE, address, () -> Hakmem.free(address, usable + 1));
              assertEquals(-1, Patterns.mismatch(address, size, size, address));
              Hakmem.free(address, size);
              refused(NOT_ALLOCATED, address, () -> Hakmem.free(address));
            }
          }
        });
  }

  @Test
  void arguments_outOfRange_areRefused() {
    caller.run(
        () -> {
          assertThrows(IllegalArgumentException.class, () -> Hakmem.allocate(-1));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.allocate(Long.MIN_VALUE));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.tryAllocate(-1));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.allocateZeroed(-1));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.allocateAligned(-1, 16));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.allocateAligned(-1, 1 << 20));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.allocateSegment(-1));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.allocateBuffer(-1));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.reallocate(0, -1));
          long address = Hakmem.allocate(10);
          assertThrows(IllegalArgumentException.class, () -> Hakmem.reallocate(address, -1));
          assertThrows(IllegalArgumentException.class, () -> Hakmem.free(address, -1));
          Hakmem.free(address);
        });
  }

  private static long[] allocateBatch(Tier tier, int round) {
    long[] blocks = new long[tier.batch()];
    for (int i = 0; i < blocks.length; i++) {
      long size = tier.size(i + round);
      blocks[i] = Hakmem.allocate(Math.max(size, 2));
    }
    return blocks;
  }

  private static void free(long[] blocks) {
    for (long address : blocks) {
      Hakmem.free(address);
    }
  }

  private static void refused(InvalidFreeException.Kind kind, long address, Runnable action) {
    InvalidFreeException refusal = assertThrows(InvalidFreeException.class, action::run);
    if (refusal.kind() != kind || refusal.address() != address) {
      throw new AssertionError("wanted " + kind + " of 0x" + Long.toHexString(address), refusal);
    }
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("0x" + Long.toHexString(address)), message);
  }
}
