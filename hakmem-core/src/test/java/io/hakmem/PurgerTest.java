// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a step in the background takes, and what it leaves to the delay and to the owners. */
final class PurgerTest {

  private static final long MIB = 1 << 20;
  private static final HakmemConfig SMALL =
      HakmemConfig.DEFAULT
          .withRegionBytes(1L << 30)
          .withPurgeDelayMillis(-1)
          .withTinySllDrainInterval(1 << 30);

  @Test
  void step_takesHomeAllThatDeadThreadsLeft() {
    FreshAllocator.run(DeadThreads.class, "50");
  }

  @Test
  void step_withoutDelay_takesThatHomeToo() {
    FreshAllocator.run(DeadThreads.class, "0");
  }

  /** One thread allocates, another one frees for it and fills the depots; then both are dead. */
  static final class DeadThreads implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withPurgeDelayMillis(Long.parseLong(argument)));
      List<Long> blocks = new ArrayList<>();
      CountDownLatch allocated = new CountDownLatch(1);
      CountDownLatch freed = new CountDownLatch(1);
      InThread.Running owner =
          InThread.start(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  blocks.add(Hakmem.allocate(16 + i % 5000));
                  Hakmem.free(Hakmem.allocate(16 + i % 5000));
                }
                allocated.countDown();
                freed.await();
              });
      InThread.run(
          () -> {
            allocated.await();
            blocks.forEach(Hakmem::free);
          });
      freed.countDown();
      owner.join();
      Eventually.equal(0, () -> Hakmem.stats().committedBytes());
      HeapVerifier.verify();
      return argument;
    }
  }

  @Test
  void step_beforeTheDelayIsOver_keepsFreeMemoryAndAsksOwnersToDrain() {
    FreshAllocator.run(LongDelay.class, "");
  }

  /** The first step comes long before anything has been free for a day. */
  static final class LongDelay implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withPurgeDelayMillis(TimeUnit.DAYS.toMillis(1)));
      LongStream.range(0, 200)
          .map(i -> Hakmem.allocate(32 << 10))
          .boxed()
          .toList()
          .forEach(Hakmem::free);
      Eventually.isTrue(
          () -> {
            Hakmem.allocate(1000); // now and then a miss, at which an owner sees that he is asked
            return Hakmem.stats().drains() > 0;
          },
          () -> "no drain: " + Hakmem.stats());
      HeapVerifier.verify(); // waits for the end of the step
      long kept = Hakmem.stats().committedBytes();
      assertTrue(kept >= 5 * MIB, kept + " bytes kept");
      return argument;
    }
  }

  @Test
  void purge_leavesWhatOthersHaveAtHandToThem_untilTheyNextNeedSomething() {
    FreshAllocator.run(OthersCaches.class, "");
  }

  /** Here it is the other thread that purges. */
  static final class OthersCaches implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL);
      Hakmem.free(Hakmem.allocate(64));
      long cached = Hakmem.stats().cachedBytes();
      assertTrue(cached > 0);
      InThread.run(Hakmem::purge);
      assertEquals(cached, Hakmem.stats().cachedBytes(), "not the other thread's");
      Hakmem.free(Hakmem.allocate(1000));
      Hakmem.free(Hakmem.allocate(3000));
      assertEquals(1, Hakmem.stats().drains(), "at the first need, and once");
      InThread.run(Hakmem::purge);
      Hakmem.free(Hakmem.allocate(5000));
      assertEquals(2, Hakmem.stats().drains());
      HakmemStats stats = Hakmem.stats();
      assertEquals(0, stats.sizeClasses().get(3).cachedBlocks(), "not needed between the two");
      assertEquals(64, stats.sizeClasses().get(3).blockBytes());
      return argument;
    }
  }
}
