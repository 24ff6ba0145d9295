// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Platform threads: they die with full caches, free for each other, and keep to their own handles.
 */
@Tag("every-source")
@ExtendWith(LeavesNothing.class)
final class ThreadsTest {

  private static final int GENERATIONS = 2000;
  private static final int[] SIZES = {16, 17, 48, 100, 500, 2048, 2100, 5000, 20_000, 48 << 10};

  @Test
  void threadDies_afterFreeing_nextThreadReusesItsMemory() {
    long committed = 0;
    for (int i = 0; i < GENERATIONS; i++) {
      InThread.run(() -> free(allocateSome(20)));
      if (i == GENERATIONS / 10) {
        committed = Hakmem.stats().committedBytes();
      }
    }
    long now = Hakmem.stats().committedBytes();
    assertTrue(now <= committed + (2 << 20), committed + " bytes have become " + now);
  }

  @Test
  void threadDies_withoutFreeing_othersFreeItsBlocks() {
    long committed = 0;
    for (int i = 0; i < GENERATIONS; i++) {
      List<Long> blocks = InThread.call(() -> allocateSome(20));
      if (i % 2 == 0) {
        free(blocks);
      } else {
        InThread.run(() -> free(blocks));
      }
      if (i == GENERATIONS / 10) {
        committed = Hakmem.stats().committedBytes();
      }
    }
    long now = Hakmem.stats().committedBytes();
    assertTrue(now <= committed + (4 << 20), committed + " bytes have become " + now);
  }

  @Test
  void threadsDie_whileOthersFreeTheirBlocks_nothingIsLost() throws Exception {
    // Hand-over through a queue without room: the allocating thread ends at the same moment as the
    // other begins to free.
    SynchronousQueue<List<Long>> queue = new SynchronousQueue<>();
    int generations = 500;
    InThread.Running consumer =
        InThread.start(
            () -> {
              for (int i = 0; i < generations; i++) {
                free(queue.take());
              }
            });
    for (int i = 0; i < generations; i++) {
      InThread.run(
          () -> {
            queue.put(allocateSome(30));
          });
      if (i % 50 == 0) {
        Hakmem.purge();
      }
    }
    consumer.join();
  }

  @Test
  void blocksFreedByAnother_comeBackInTheOrderOfTheFrees() throws Exception {
    // Neighbours stay neighbours, whoever frees them: see MagazineQueue.
    SynchronousQueue<List<Long>> queue = new SynchronousQueue<>();
    InThread.Running consumer =
        InThread.start(
            () -> {
              for (List<Long> blocks = queue.take(); !blocks.isEmpty(); blocks = queue.take()) {
                free(blocks);
              }
            });
    InThread.run(
        () -> {
          List<Long> freed = allocate(2000, 64);
          queue.put(freed);
          queue.put(allocate(1, 48)); // taken when the others have been freed
          List<Long> again = allocate(1000, 64);
          int first = again.indexOf(freed.getFirst()); // after what the cache held
          assertTrue(first >= 0 && first < 300, "the first one freed came " + first + "th");
          List<Long> back = again.subList(first, again.size());
          assertEquals(freed.subList(0, back.size()), back);
          free(again);
          queue.put(List.of());
        });
    consumer.join();
  }

  private static List<Long> allocate(int count, long byteSize) {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(Hakmem.allocate(byteSize));
    }
    return blocks;
  }

  @Test
  void manyThreadsAtOnce_eachKeepsItsBlocks() throws Exception {
    int threads = 300; // above any table size that could be mistaken for enough
    CountDownLatch allocated = new CountDownLatch(threads);
    CountDownLatch checked = new CountDownLatch(1);
    List<InThread.Running> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          InThread.start(
              () -> {
                List<Long> blocks = allocateSome(3);
                blocks.forEach(address -> Patterns.write(address, 16, address));
                allocated.countDown();
                checked.await();
                for (long address : blocks) {
                  assertEquals(-1, Patterns.mismatch(address, 16, 16, address));
                }
                free(blocks);
              }));
    }
    allocated.await();
    HeapVerifier.verify();
    checked.countDown();
    all.forEach(InThread.Running::join);
  }

  @Test
  void producerConsumer_forLong_memoryIsBounded() throws Exception {
    int batches = 3000;
    SynchronousQueue<long[]> queue = new SynchronousQueue<>();
    InThread.Running consumer =
        InThread.start(
            () -> {
              for (int i = 0; i < batches; i++) {
                for (long address : queue.take()) {
                  Hakmem.free(address);
                }
              }
            });
    long early = 0;
    for (int i = 0; i < batches; i++) {
      long[] batch = new long[512];
      for (int j = 0; j < batch.length; j++) {
        batch[j] = Hakmem.allocate(16 + (i * 31 + j * 17) % 512);
      }
      queue.put(batch);
      if (i == batches / 10) {
        early = Hakmem.stats().committedBytes();
      }
    }
    consumer.join();
    HakmemStats stats = Hakmem.stats();
    assertTrue(
        stats.committedBytes() <= early + (4 << 20),
        early + " bytes have become " + stats.committedBytes());
    assertTrue(
        stats.remoteFrees() > 512L * batches * 9 / 10, stats.remoteFrees() + " remote frees");
  }

  @Test
  void remoteFrees_ofLivingOwner_comeBackToIt() {
    // The owner allocates, another thread frees, again and again: the owner must be served with
    // what
    // came back, not with fresh slabs.
    for (int size : SIZES) {
      long before = TestMode.returnsMemory() ? 0 : Hakmem.stats().committedBytes();
      long[] blocks = new long[200];
      for (int round = 0; round < 50; round++) {
        for (int i = 0; i < blocks.length; i++) {
          blocks[i] = Hakmem.allocate(size);
        }
        InThread.run(
            () -> {
              for (long address : blocks) {
                Hakmem.free(address);
              }
            });
      }
      long bytes = Hakmem.stats().committedBytes() - before;
      long live = 200L * Math.max(size, 16);
      assertTrue(bytes <= 4 * live + (2 << 20), size + " B: " + bytes + " committed for " + live);
      Hakmem.purge();
    }
  }

  @Test
  void threadsThatOnlyFree_holdLittleBack() {
    List<Long> blocks = allocateSome(2000);
    int chunk = blocks.size() / 20;
    for (int i = 0; i < 20; i++) {
      List<Long> part = blocks.subList(i * chunk, (i + 1) * chunk);
      InThread.run(() -> free(part));
    }
    free(blocks.subList(20 * chunk, blocks.size()));
  }

  @Test
  void reallocate_ofOtherThreadsBlock_keepsContents() {
    for (int size : SIZES) {
      long address = Hakmem.allocate(size);
      Patterns.write(address, size, 7);
      long moved = InThread.call(() -> Hakmem.reallocate(address, size * 3L));
      assertEquals(-1, Patterns.mismatch(moved, size, size, 7));
      InThread.run(
          () -> {
            Hakmem.free(Hakmem.reallocate(moved, size));
          });
    }
  }

  @Test
  void handle_onItsThread_allocatesAndFrees() {
    HakmemHandle handle = Hakmem.handle();
    for (int size : SIZES) {
      long address = handle.allocate(size);
      assertTrue(Hakmem.usableSize(address) >= size);
      handle.free(address, size);
      assertThrows(InvalidFreeException.class, () -> handle.free(address));
      assertThrows(InvalidFreeException.class, () -> handle.free(address, size));
      long zeroed = handle.allocateZeroed(size);
      assertEquals(-1, Patterns.firstNonZero(zeroed, size));
      long moved = handle.reallocate(zeroed, size * 2L);
      InThread.run(
          () -> {
            Hakmem.free(moved); // any thread may free there
          });
      long aligned = handle.allocateAligned(size, 256);
      assertEquals(0, aligned & 255);
      Hakmem.free(aligned);
    }
    long large = handle.allocate(3 << 20);
    handle.free(large);
    handle.free(0);
    handle.free(0, 10);
    assertThrows(IllegalArgumentException.class, () -> handle.allocate(-1));
    assertThrows(IllegalArgumentException.class, () -> handle.free(0, -1));
    assertThrows(IllegalArgumentException.class, () -> handle.allocateAligned(1, 3));
  }

  @Test
  void handle_onOtherThread_isRefused() {
    HakmemHandle handle = Hakmem.handle();
    long address = handle.allocate(100);
    InThread.run(
        () -> {
          assertThrows(WrongThreadException.class, () -> handle.allocate(1));
          assertThrows(WrongThreadException.class, () -> handle.allocateZeroed(1));
          assertThrows(WrongThreadException.class, () -> handle.allocateAligned(1, 64));
          assertThrows(WrongThreadException.class, () -> handle.reallocate(address, 200));
          assertThrows(WrongThreadException.class, () -> handle.free(address));
          assertThrows(WrongThreadException.class, () -> handle.free(address, 100));
        });
    handle.free(address);
  }

  @Test
  void handle_onVirtualThread_isRefused() {
    InThread.runVirtual(() -> assertThrows(IllegalStateException.class, Hakmem::handle));
  }

  @Test
  void handle_ofEarlierThread_isNotValidForThreadThatTookItsCache() {
    // The cache of a dead thread goes to the next one, the handle does not.
    HakmemHandle handle = InThread.call(Hakmem::handle);
    InThread.run(
        () -> {
          free(allocateSome(1));
          assertThrows(WrongThreadException.class, () -> handle.allocate(1));
        });
  }

  private static List<Long> allocateSome(int timesEachSize) {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < timesEachSize; i++) {
      for (int size : SIZES) {
        blocks.add(Hakmem.allocate(size));
      }
    }
    return blocks;
  }

  private static void free(List<Long> blocks) {
    for (long address : blocks) {
      Hakmem.free(address);
    }
  }
}
