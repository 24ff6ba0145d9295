// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The very first use. */
final class StartupTest {

  @Test
  void firstUse_byManyThreadsAtOnce_buildsOneAllocator() {
    for (int i = 0; i < 10; i++) {
      FreshAllocator.run(AtOnce.class, "");
    }
  }

  /** Every block has to come from the allocator that stays. */
  static final class AtOnce implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(HakmemConfig.DEFAULT.withRegionBytes(64 << 20).withPurgeDelayMillis(-1));
      CyclicBarrier start = new CyclicBarrier(8);
      Queue<Long> blocks = new ConcurrentLinkedQueue<>();
      List<InThread.Running> running = new ArrayList<>();
      for (int i = 0; i < start.getParties(); i++) {
        running.add(
            InThread.start(
                () -> {
                  start.await();
                  blocks.add(Hakmem.allocate(100));
                }));
      }
      running.forEach(InThread.Running::join);
      HeapVerifier.verify();
      assertEquals(8 * 112, Hakmem.stats().allocatedBytes());
      blocks.forEach(Hakmem::free);
      return argument;
    }
  }
}
