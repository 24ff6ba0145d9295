// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Threads that come and go, swap blocks through an array, and check what they got before they free
 * it.
 */
@Tag("every-source")
final class TransferStressTest {
  /*
   * Every block starts with its size and a cookie and ends with a byte of the cookie; every eighth is
   * filled to its end, so that a page that goes back to the system while it is in use is noticed.
   * Purges run all the time, in the background and by the workers.
   */

  private static final int WORKERS = 4;
  private static final int SLOTS = 512;
  private static final int OPERATIONS_PER_LIFE = 20_000;
  private static final int LIVES = 12;
  private static final int HEADER_BYTES = 16;

  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void configure() {
    Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(1).withTinySllDrainInterval(64));
  }

  @Test
  void threadsSwapBlocks_ofAllTiers_contentsAreKeptAndNothingIsLost() throws Exception {
    long seed = TestMode.seed();
    SplittableRandom root = new SplittableRandom(seed);
    try {
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        SplittableRandom random = root.split();
        workers.add(Thread.ofPlatform().start(() -> workers(random)));
      }
      for (Thread worker : workers) {
        worker.join();
      }
      for (int i = 0; i < SLOTS; i++) {
        checkAndFree(slots.getAndSet(i, 0), i);
      }
      if (!failures.isEmpty()) {
        throw new AssertionError(failures.size() + " failures", failures.peek());
      }
      Eventually.equal(0, () -> Hakmem.stats().allocatedBytes());
      HeapVerifier.verify();
      Hakmem.purge();
      HeapVerifier.verify();
      assertEquals(0, Hakmem.stats().droppedBlocks(), "blocks that came up twice");
      Eventually.equal(0, () -> Hakmem.stats().cachedBytes());
    } catch (Throwable failure) {
      throw new AssertionError("failed" + TestMode.replay(seed), failure);
    }
  }

  /** One worker after the other, each in a thread of its own that dies with a full cache. */
  private void workers(SplittableRandom random) {
    for (int life = 0; life < TestMode.scaled(LIVES) && failures.isEmpty(); life++) {
      SplittableRandom own = random.split();
      Thread.Builder builder = life % 4 == 3 ? Thread.ofVirtual() : Thread.ofPlatform();
      Thread thread =
          builder
              .uncaughtExceptionHandler((ignored, failure) -> failures.add(failure))
              .start(() -> work(own));
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void work(SplittableRandom random) {
    for (int i = 0; i < OPERATIONS_PER_LIFE; i++) {
      long address = random.nextInt(8) == 0 ? 0 : allocate(random);
      long before = slots.getAndSet(random.nextInt(SLOTS), address);
      int dice = random.nextInt(1000);
      if (dice < 100 && before != 0) {
        before = reallocate(before, randomSize(random));
      }
      checkAndFree(before, dice);
      if (dice == 999) {
        Hakmem.purge();
        Hakmem.stats();
      }
    }
  }

  private static long randomSize(SplittableRandom random) {
    int dice = random.nextInt(10_000);
    if (dice < 7000) {
      return HEADER_BYTES + random.nextLong(1010);
    }
    if (dice < 9700) {
      return HEADER_BYTES + random.nextLong(32 << 10);
    }
    return dice < 9980 ? 50_000 + random.nextLong(900_000) : (1 << 20) + random.nextLong(3 << 20);
  }

  private static long allocate(SplittableRandom random) {
    long size = randomSize(random);
    long address =
        switch (random.nextInt(16)) {
          case 0 -> Hakmem.allocateAligned(size, 1L << random.nextInt(17));
          case 1 -> {
            long zeroed = Hakmem.allocateZeroed(size);
            assertEquals(-1, Patterns.firstNonZero(zeroed, size));
            yield zeroed;
          }
          default -> Hakmem.allocate(size);
        };
    write(address, size);
    return address;
  }

  private static long reallocate(long address, long size) {
    long old = check(address);
    long cookie = Raw.getLong(address + 8);
    long moved = Hakmem.reallocate(address, size);
    assertEquals(old, Raw.getLong(moved), "size in the header after the move");
    assertEquals(cookie, Raw.getLong(moved + 8), "cookie after the move");
    write(moved, size);
    return moved;
  }

  private static void checkAndFree(long address, int dice) {
    if (address == 0) {
      return;
    }
    long size = check(address);
    Raw.putLong(address + 8, 0);
    if (dice % 2 == 0) {
      Hakmem.free(address, size);
    } else {
      Hakmem.free(address);
    }
  }

  private static void write(long address, long size) {
    Raw.putLong(address, size);
    Raw.putLong(address + 8, cookie(address, size));
    if (isFilled(size)) {
      Patterns.write(address + HEADER_BYTES, size - HEADER_BYTES, address);
    } else if (size > HEADER_BYTES) {
      Raw.putByte(address + size - 1, (byte) cookie(address, size));
    }
  }

  private static long check(long address) {
    long size = Raw.getLong(address);
    assertEquals(cookie(address, size), Raw.getLong(address + 8), "cookie of " + size + " bytes");
    if (isFilled(size)) {
      long length = size - HEADER_BYTES;
      assertEquals(
          -1,
          Patterns.mismatch(address + HEADER_BYTES, length, length, address),
          () -> "first spoilt byte behind the header of " + size + " bytes");
    } else if (size > HEADER_BYTES) {
      assertEquals((byte) cookie(address, size), Raw.getByte(address + size - 1), "last byte");
    }
    return size;
  }

  private static boolean isFilled(long size) {
    return size > HEADER_BYTES && size % 8 == 0;
  }

  private static long cookie(long address, long size) {
    return (address ^ size << 32) * 0x9e3779b97f4a7c15L;
  }
}
