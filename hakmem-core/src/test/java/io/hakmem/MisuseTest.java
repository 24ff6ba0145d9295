// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static io.hakmem.InvalidFreeException.Kind.INTERIOR;
import static io.hakmem.InvalidFreeException.Kind.NOT_ALLOCATED;
import static io.hakmem.InvalidFreeException.Kind.WRONG_SIZE;
import static io.hakmem.Misuse.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hakmem.Misuse.Caller;
import io.hakmem.Misuse.Tier;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bad addresses and sizes, in every tier, on platform and on virtual threads. */
@ParameterizedClass
@EnumSource(Caller.class)
@Tag("every-source")
@Tag("every-mode")
final class MisuseTest {

  private static final long PAGE = 4096;

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
  void free_ofEveryInnerGranule_isRefusedAsInterior(Tier tier) {
    caller.run(
        () -> {
          for (long size : tier.sizes) {
            long address = Hakmem.allocate(size);
            long usable = Hakmem.usableSize(address);
            long step = usable <= 48 << 10 ? 16 : usable <= 1 << 20 ? 1024 : 8192;
            for (long inner = address + step; inner < address + usable; inner += step) {
              long bad = inner;
              refused(INTERIOR, bad, () -> Hakmem.free(bad));
            }
            refused(INTERIOR, address + 1, () -> Hakmem.free(address + 1));
            long last = address + Math.max(usable - 1, 1);
            refused(INTERIOR, last, () -> Hakmem.free(last));
            Hakmem.free(address);
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
            blocks[i] = Hakmem.allocate(60_000);
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
  @Tag("standard-mode") // a red zone lies behind hardened blocks, and they move
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
              long inner = address + Math.max(usable / 2, 1);
              refused(INTERIOR, inner, () -> Hakmem.free(inner));
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
}
