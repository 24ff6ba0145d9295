// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A warm program that allocates and frees off heap makes no garbage on heap. */
@Tag("every-source")
final class GarbageTest {

  private static final int PAIRS = 1_000_000;
  private static final double MOST_BYTES_PER_PAIR = 0.01;
  private static final int[] SIZES = {16, 100, 1000, 2048, 2100, 5000, 48 << 10};

  private final ThreadMXBean threads =
      assertInstanceOf(ThreadMXBean.class, ManagementFactory.getThreadMXBean());
  private final long[] held = new long[500];

  @BeforeAll
  static void configure() {
    Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
  }

  @Test
  void staticCalls_warm_makeNoGarbage() {
    measure(Hakmem::allocate, Hakmem::free);
  }

  @Test
  void sizedFrees_warm_makeNoGarbage() {
    measure(Hakmem::allocate, GarbageTest::freeSized);
  }

  @Test
  void handle_warm_makesNoGarbage() {
    HakmemHandle handle = Hakmem.handle();
    measure(handle::allocate, handle::free);
  }

  private static void freeSized(long address) {
    if (address != 0) {
      Hakmem.free(address, Hakmem.usableSize(address));
    }
  }

  private interface Free {
    void free(long address);
  }

  /** Pairs as such, and through a window of blocks that goes beyond what the caches hold. */
  private void measure(LongUnaryOperator allocate, Free free) {
    run(allocate, free); // compiles the code, makes caches and magazines
    run(allocate, free);
    long before = threads.getCurrentThreadAllocatedBytes();
    run(allocate, free);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    double perPair = (double) bytes / (2 * PAIRS);
    assertTrue(perPair < MOST_BYTES_PER_PAIR, bytes + " bytes, " + perPair + " a pair");
  }

  private void run(LongUnaryOperator allocate, Free free) {
    for (int i = 0; i < PAIRS; i++) {
      free.free(allocate.applyAsLong(SIZES[i % SIZES.length]));
    }
    for (int i = 0; i < PAIRS; i++) {
      int slot = (i * 31) % held.length;
      free.free(held[slot]);
      held[slot] = allocate.applyAsLong(16 + i % 1009);
    }
    for (int slot = 0; slot < held.length; slot++) {
      free.free(held[slot]);
      held[slot] = 0;
    }
  }
}
