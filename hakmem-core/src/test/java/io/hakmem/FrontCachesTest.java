// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.control.Allocator;
import io.hakmem.front.FrontCaches;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.Region;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Caches and the threads that own them: who gets which, and what becomes of the others. */
final class FrontCachesTest {

  private static final long MIB = 1 << 20;
  private static final HakmemConfig KNOWN =
      HakmemConfig.DEFAULT
          .withRegionBytes(1L << 30)
          .withPurgeDelayMillis(-1)
          .withTinyFastCap(64)
          .withTinyRefillCountHot(16)
          .withTinySllDrainInterval(1 << 30);

  @Test
  void retireIdle_leavesADeadThreadsCacheToTheNextThreadOnce() {
    FreshAllocator.run(Grace.class, "");
  }

  /** Steps of the purger by hand. */
  static final class Grace implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      InThread.run(() -> Hakmem.free(Hakmem.allocate(100)));
      FrontCaches caches = allocator().caches();
      assertEquals(0, caches.retireIdle(), "dead since a moment only");
      InThread.run(() -> Hakmem.free(Hakmem.allocate(100)));
      assertEquals(1, Hakmem.stats().misses(), "the second thread had blocks from the start");
      assertEquals(0, caches.retireIdle());
      assertTrue(Hakmem.stats().cachedBytes() > 0);
      assertEquals(1, caches.retireIdle());
      assertEquals(0, Hakmem.stats().cachedBytes());
      assertEquals(0, caches.chargedBytes());
      return argument;
    }
  }

  @Test
  void threadsInTheOrderOfTheirPredecessors_findTheirCaches() {
    FreshAllocator.run(InOrder.class, "");
  }

  /** Two generations of two threads, each with a size of its own. */
  static final class InOrder implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      generation();
      long misses = Hakmem.stats().misses();
      generation();
      assertEquals(misses, Hakmem.stats().misses());
      return argument;
    }

    private static void generation() {
      CountDownLatch first = new CountDownLatch(1);
      CountDownLatch second = new CountDownLatch(1);
      InThread.Running one = start(100, new CountDownLatch(0), first, second);
      InThread.Running other = start(200, first, second, second);
      one.join();
      other.join();
    }

    /** A thread that allocates after one event, says so by another, and lives until a third. */
    private static InThread.Running start(
        long byteSize, CountDownLatch turn, CountDownLatch done, CountDownLatch end) {
      return InThread.start(
          () -> {
            turn.await();
            Hakmem.free(Hakmem.allocate(byteSize));
            done.countDown();
            end.await();
          });
    }
  }

  @Test
  void threadsWithOneSlot_keepTheirCaches() {
    FreshAllocator.run(OneSlot.class, "");
  }

  /** The table of caches is found by the thread's number, modulo its length. */
  static final class OneSlot implements UnaryOperator<String> {

    private static final int SLOTS = 4096;

    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      long block = Hakmem.allocate(100);
      Hakmem.free(block);
      long mine = Thread.currentThread().threadId();
      AtomicBoolean met = new AtomicBoolean();
      while (!met.get()) {
        // Numbers go up by one with each thread that is made, and others make threads as well.
        while ((Thread.ofPlatform().unstarted(() -> {}).threadId() + 1 - mine) % SLOTS != 0) {}
        InThread.run(
            () -> {
              if ((Thread.currentThread().threadId() - mine) % SLOTS == 0) {
                Hakmem.free(Hakmem.allocate(100));
                met.set(true);
              }
            });
      }
      assertEquals(block, Hakmem.allocate(100), "the block that was freed last");
      assertEquals(2, allocator().allCaches().size());
      return argument;
    }
  }

  @Test
  void threadsBeyondTheMostThatHaveCaches_areServedWithout() {
    FreshAllocator.run(TooMany.class, "");
  }

  /** The smallest region has room for 64 caches. */
  static final class TooMany implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN.withRegionBytes(64 * MIB));
      int threads = 80;
      CountDownLatch allocated = new CountDownLatch(threads);
      CountDownLatch checked = new CountDownLatch(1);
      AtomicInteger refused = new AtomicInteger();
      List<InThread.Running> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(
            InThread.start(
                () -> {
                  refused.addAndGet(hasHandle() ? 0 : 1);
                  long block = Hakmem.allocate(100);
                  Patterns.write(block, 100, block);
                  allocated.countDown();
                  checked.await();
                  assertEquals(-1, Patterns.mismatch(block, 100, 100, block));
                  Hakmem.free(block);
                }));
      }
      InThread.await(allocated);
      assertEquals(threads - (Region.CACHE_AREA_COUNT - 1), refused.get());
      HeapVerifier.verify();
      checked.countDown();
      running.forEach(InThread.Running::join);
      HeapVerifier.verify();
      assertEquals(0, Hakmem.stats().allocatedBytes());
      assertTrue(hasHandle(), "of one of the dead");
      return argument;
    }

    private static boolean hasHandle() {
      try {
        Hakmem.handle();
        return true;
      } catch (IllegalStateException refused) {
        assertEquals("too many threads have a cache of their own", refused.getMessage());
        return false;
      }
    }
  }

  @Test
  void slabsOfADeadThread_serveOthers_andItsBlocksGoHome() {
    FreshAllocator.run(Orphans.class, "");
  }

  /** A thread that dies leaves a slab with live blocks. */
  static final class Orphans implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      Hakmem.allocate(1000); // a cache of its own, with another number
      List<Long> blocks = InThread.call(() -> allocate(200, 64));
      Hakmem.purge();
      HakmemStats.SizeClassStats left = Hakmem.stats().sizeClasses().get(3);
      assertEquals(200, left.liveBlocks());
      blocks.subList(0, 150).forEach(Hakmem::free);
      assertEquals(0, Hakmem.stats().account().depotBytes(), "nobody is there to ask for them");
      Hakmem.allocate(64);
      assertEquals(left.slabs(), Hakmem.stats().sizeClasses().get(3).slabs(), "no slab of his own");
      HeapVerifier.verify();
      return argument;
    }
  }

  @Test
  void blocksOfSeveralOwners_freedByOneThread_goToTheirOwnersOnly() {
    FreshAllocator.run(Mixed.class, "");
  }

  /** Two blocks next to each other in memory would make two threads share a line. */
  static final class Mixed implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN.withTinySllDrainInterval(1));
      List<Long> mine = allocate(16, 64);
      List<Long> others = new ArrayList<>();
      CountDownLatch allocated = new CountDownLatch(1);
      CountDownLatch done = new CountDownLatch(1);
      InThread.Running other =
          InThread.start(
              () -> {
                others.addAll(allocate(16, 64));
                allocated.countDown();
                done.await();
              });
      InThread.await(allocated);
      InThread.run(
          () -> {
            for (int i = 0; i < 16; i++) {
              Hakmem.free(mine.get(i));
              Hakmem.free(others.get(i));
            }
            Hakmem.allocate(1000); // a refill, hence a drain
          });
      int owner = PageMap.owner(PageMap.entry(mine.getFirst()));
      for (long block : allocate(100, 64)) {
        assertEquals(owner, PageMap.owner(PageMap.entry(block)), "a block of the other thread's");
      }
      done.countDown();
      other.join();
      return argument;
    }
  }

  @Test
  void countsOfRemoteFrees_makeAThreadDrain() {
    FreshAllocator.run(RemoteDrains.class, "");
  }

  /** A thread that does nothing but free for others. */
  static final class RemoteDrains implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN.withTinySllDrainInterval(128));
      List<Long> blocks = allocate(260, 64);
      InThread.run(
          () -> {
            Hakmem.handle();
            long before = Hakmem.stats().heapMetadataBytes();
            long drains = Hakmem.stats().drains();
            Hakmem.free(blocks.getFirst());
            assertEquals(64 * Long.BYTES, Hakmem.stats().heapMetadataBytes() - before);
            blocks.subList(1, 260).forEach(Hakmem::free);
            assertEquals(2, Hakmem.stats().drains() - drains, "4 times 64 blocks left");
          });
      return argument;
    }
  }

  @Test
  void counts_ofACacheThatIsGone_stay() {
    FreshAllocator.run(Counts.class, "");
  }

  /** A thread with a count of everything. */
  static final class Counts implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN.withTinySllDrainInterval(32));
      List<Long> blocks = allocate(70, 64);
      InThread.run(
          () -> {
            blocks.subList(0, 65).forEach(Hakmem::free);
            allocate(50, 200).forEach(Hakmem::free);
            long twice = Hakmem.allocate(300);
            Hakmem.free(twice);
            LiveMap.set(twice, SizeClasses.classOf(300)); // as if two frees had raced
            Hakmem.free(Hakmem.allocate(300));
            Hakmem.free(twice);
          });
      HakmemStats before = Hakmem.stats();
      assertEquals(1, before.droppedBlocks());
      assertTrue(before.refills() >= 5 && before.drains() >= 2 && before.remoteFrees() == 65);
      allocator().caches().retireIdle();
      assertEquals(1, allocator().caches().retireIdle());
      HakmemStats after = Hakmem.stats();
      assertEquals(before.refills(), after.refills());
      assertEquals(before.drains(), after.drains());
      assertEquals(before.remoteFrees(), after.remoteFrees());
      assertEquals(before.droppedBlocks(), after.droppedBlocks());
      assertEquals(before.requestsByClass(), after.requestsByClass());
      assertEquals(before.misses(), after.misses());
      return argument;
    }
  }

  @Test
  void handle_onVirtualThread_saysWhatIsWrong() {
    InThread.runVirtual(
        () -> {
          IllegalStateException refused = assertThrows(IllegalStateException.class, Hakmem::handle);
          assertTrue(String.valueOf(refused.getMessage()).contains("virtual thread"));
        });
  }

  private static List<Long> allocate(int count, long byteSize) {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(Hakmem.allocate(byteSize));
    }
    return blocks;
  }

  private static Allocator allocator() {
    return Objects.requireNonNull(Allocator.current());
  }
}
