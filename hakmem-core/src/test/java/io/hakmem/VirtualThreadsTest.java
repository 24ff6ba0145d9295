// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A million virtual threads that allocate, hand over and free. */
@Tag("every-source")
@ExtendWith(LeavesNothing.class)
final class VirtualThreadsTest {

  private static final int THREADS = 1_000_000;
  private static final int ALIVE = 10_000;
  private static final int SLOTS = 4096;

  /**
   * A million threads allocate 1 GiB, of which no more than 8 MiB are ever live: what the slots
   * hold. The rest of this bound is for caches, whose number depends on who runs when.
   */
  private static final long MOST_BYTES = 64 << 20;

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

  @Test
  void aMillionVirtualThreads_handOverBlocks_nothingIsLostAndMemoryStaysFlat() {
    long before = Hakmem.stats().committedBytes();
    runVirtual(THREADS, this::handOver);
    emptySlots();
    long after = Hakmem.stats().committedBytes();
    assertTrue(after <= before + MOST_BYTES, before + " bytes have become " + after);
    assertEquals(0, Hakmem.stats().allocatedBytes());
  }

  @Test
  void virtualThreads_thatParkWithBlocksInHand_keepThem() {
    Phaser phaser = new Phaser(ALIVE);
    runVirtual(
        ALIVE,
        i -> {
          long size = 16L + i % 3000;
          long address = Hakmem.allocate(size);
          Patterns.write(address, size, i);
          phaser.arriveAndAwaitAdvance();
          assertEquals(-1, Patterns.mismatch(address, size, size, i));
          Hakmem.free(address, size);
        });
  }

  @Test
  void virtualAndPlatformThreads_freeForEachOther_nothingIsLost() {
    InThread.Running platform =
        InThread.start(
            () -> {
              for (int i = 0; i < 200_000; i++) {
                handOver(i);
              }
            });
    runVirtual(50_000, this::handOver);
    platform.join();
    emptySlots();
  }

  /** Puts a block with a cookie into a slot and frees the one that was there. */
  private void handOver(int i) {
    long size = 16 + ((i * 2_654_435_761L) >>> 8 & 0x7ff);
    if ((i & 0xfff) == 0) {
      size += 100_000;
    }
    long address = Hakmem.allocate(size);
    Raw.putLong(address, address ^ size);
    Raw.putLong(address + 8, size);
    int slot = ((i * 31) ^ (i >>> 7)) & (SLOTS - 1);
    freeChecked(slots.getAndSet(slot, address));
  }

  private void emptySlots() {
    for (int i = 0; i < SLOTS; i++) {
      freeChecked(slots.getAndSet(i, 0));
    }
  }

  private static void freeChecked(long address) {
    if (address != 0) {
      long size = Raw.getLong(address + 8);
      assertEquals(address ^ size, Raw.getLong(address), "cookie");
      if ((size & 1) == 0) {
        Hakmem.free(address);
      } else {
        Hakmem.free(address, size);
      }
    }
  }

  private interface IntAction {
    void run(int i) throws Exception;
  }

  private void runVirtual(int count, IntAction action) {
    Semaphore alive = new Semaphore(ALIVE);
    for (int i = 0; i < count; i++) {
      int number = i;
      alive.acquireUninterruptibly();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  action.run(number);
                } catch (Throwable failure) {
                  failures.add(failure);
                } finally {
                  alive.release();
                }
              });
    }
    alive.acquireUninterruptibly(ALIVE);
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " failures, the first one:", failures.peek());
    }
  }
}
