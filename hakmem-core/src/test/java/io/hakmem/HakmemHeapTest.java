// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static io.hakmem.InvalidFreeException.Kind.FOREIGN;
import static io.hakmem.InvalidFreeException.Kind.INTERIOR;
import static io.hakmem.InvalidFreeException.Kind.NOT_ALLOCATED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.control.Allocator;
import io.hakmem.front.Classifier;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** First-class heaps: single frees, the end, whose block it is, threads. */
@ExtendWith(LeavesNothing.class)
final class HakmemHeapTest {

  /** Of each way: cut from the small chunk, from others, blocks of every larger tier. */
  private static final long[] SIZES = {
    0, 1, 16, 100, 1000, 4096, 4097, 20_000, 48 << 10, 100_000, 1 << 20, 3 << 20
  };

  private static final long MIB = 1 << 20;

  @Test
  void everySizeUpTo40000_hasItsOwnMemory() {
    try (HakmemHeap heap = HakmemHeap.create()) {
      long[] blocks = new long[40_001];
      for (int size = 0; size < blocks.length; size += size < 5000 ? 1 : 97) {
        blocks[size] = heap.allocate(size);
        assertTrue(heap.usableSize(blocks[size]) >= size);
        assertEquals(0, blocks[size] % 16);
        Patterns.write(blocks[size], Math.max(size, 1), size);
      }
      heap.verify();
      for (int size = 0; size < blocks.length; size += size < 5000 ? 1 : 97) {
        long written = Math.max(size, 1);
        assertEquals(-1, Patterns.mismatch(blocks[size], written, written, size));
        heap.free(blocks[size]);
      }
      heap.verify();
    }
  }

  @Test
  void randomOperations_keepContents() {
    SplittableRandom random = new SplittableRandom(42);
    try (HakmemHeap heap = HakmemHeap.create()) {
      long[] blocks = new long[500];
      long[] sizes = new long[blocks.length];
      for (int i = 0; i < 200_000; i++) {
        int slot = random.nextInt(blocks.length);
        long size = 1 + random.nextLong(1L << random.nextInt(1, i % 100 == 0 ? 19 : 13));
        if (blocks[slot] == 0) {
          blocks[slot] = allocate(heap, random, size);
        } else {
          check(blocks[slot], sizes[slot], sizes[slot]);
          if (random.nextInt(3) == 0) {
            long before = blocks[slot];
            blocks[slot] = heap.reallocate(before, size);
            long kept = Math.min(size, sizes[slot]);
            assertEquals(-1, Patterns.mismatch(blocks[slot], kept, sizes[slot], before));
          } else {
            heap.free(blocks[slot]);
            blocks[slot] = 0;
          }
        }
        sizes[slot] = size;
        if (blocks[slot] != 0) {
          Patterns.write(blocks[slot], size, blocks[slot]);
        }
      }
      heap.verify();
      HeapVerifier.verify();
    }
  }

  private static long allocate(HakmemHeap heap, SplittableRandom random, long size) {
    if (random.nextInt(4) == 0) {
      long zeroed = heap.allocateZeroed(size);
      assertEquals(-1, Patterns.firstNonZero(zeroed, size));
      return zeroed;
    }
    if (random.nextInt(3) == 0) {
      long alignment = 1L << random.nextInt(15);
      long aligned = heap.allocateAligned(size, alignment);
      assertEquals(0, aligned % alignment);
      return aligned;
    }
    return heap.allocate(size);
  }

  private static void check(long block, long size, long written) {
    assertEquals(-1, Patterns.mismatch(block, size, written, block));
  }

  @Test
  void freedBlocks_areUsedAgain() {
    try (HakmemHeap heap = HakmemHeap.create()) {
      long before = 0;
      for (int i = 0; i < 1_000_000; i++) {
        long block = heap.allocate(100);
        heap.free(block);
        assertTrue(before == 0 || before == block);
        before = block;
      }
      assertTrue(Hakmem.stats().allocatedBytes() < 64 << 10);
    }
  }

  @Test
  void close_freesAll() {
    HakmemHeap heap = HakmemHeap.create();
    List<Long> blocks = new ArrayList<>();
    for (long size : SIZES) {
      blocks.add(heap.allocate(size));
    }
    for (int i = 0; i < 10_000; i++) {
      blocks.add(heap.allocate(i % 2000));
    }
    assertTrue(Hakmem.stats().allocatedBytes() > 10 * MIB);
    assertTrue(Hakmem.stats().heapMetadataBytes() > 10 * MIB / 16);
    HeapVerifier.verify();
    heap.close();
    assertEquals(0, Hakmem.stats().allocatedBytes());
    assertTrue(Hakmem.stats().heapMetadataBytes() < MIB / 4);
    heap.close();
    for (long block : blocks) {
      refused(NOT_ALLOCATED, block, () -> Hakmem.free(block));
      refused(NOT_ALLOCATED, block, () -> heap.free(block));
      refused(NOT_ALLOCATED, block, () -> heap.usableSize(block));
      assertFalse(heap.owns(block));
    }
    assertThrows(IllegalStateException.class, () -> heap.allocate(1));
    assertThrows(IllegalStateException.class, () -> heap.allocate(100_000));
    assertThrows(IllegalStateException.class, () -> heap.allocateZeroed(100));
    assertThrows(IllegalStateException.class, () -> heap.allocateAligned(100, 64));
    assertThrows(IllegalStateException.class, () -> heap.reallocate(0, 100));
  }

  @Test
  void blocks_belongToTheirHeapOnly() {
    try (HakmemHeap heap = HakmemHeap.create();
        HakmemHeap other = HakmemHeap.create()) {
      for (long size : SIZES) {
        long block = heap.allocate(size);
        long general = Hakmem.allocate(size);
        long ofOther = other.allocate(size);
        for (long address : new long[] {block, block + 16}) {
          refused(FOREIGN, address, () -> Hakmem.free(address));
          refused(FOREIGN, address, () -> Hakmem.free(address, size));
          refused(FOREIGN, address, () -> Hakmem.usableSize(address));
          refused(FOREIGN, address, () -> Hakmem.reallocate(address, 10));
          assertFalse(Hakmem.owns(address));
        }
        for (long address : new long[] {general, ofOther}) {
          refused(FOREIGN, address, () -> heap.free(address));
          refused(FOREIGN, address, () -> heap.usableSize(address));
          refused(FOREIGN, address, () -> heap.reallocate(address, 10));
          assertFalse(heap.owns(address));
        }
        for (long address : new long[] {general + 1, ofOther + 1}) {
          refused(FOREIGN, address, () -> heap.free(address));
        }
        InThread.runVirtual(() -> refused(FOREIGN, block, () -> Hakmem.free(block)));
        assertTrue(heap.owns(block));
        Hakmem.free(general);
      }
      refused(FOREIGN, 4096, () -> heap.free(4096));
      heap.free(0);
      heap.verify();
      other.verify();
    }
  }

  @Test
  void badFrees_areToldApart() {
    try (HakmemHeap heap = HakmemHeap.create()) {
      for (long size : SIZES) {
        long block = heap.allocate(size);
        refused(INTERIOR, block + 1, () -> heap.free(block + 1));
        refused(INTERIOR, block + 8, () -> heap.free(block + 8));
        if (size > 16) {
          long last = block + (size - 1 & -16);
          refused(INTERIOR, last, () -> heap.free(last));
        }
        heap.free(block);
        refused(NOT_ALLOCATED, block, () -> heap.free(block));
        refused(NOT_ALLOCATED, block, () -> heap.reallocate(block, 10));
        refused(NOT_ALLOCATED, block + 1, () -> heap.free(block + 1));
        heap.verify();
      }
      long neverHandedOut = heap.allocate(100) + 8192;
      refused(NOT_ALLOCATED, neverHandedOut, () -> heap.free(neverHandedOut));
      assertThrows(IllegalArgumentException.class, () -> heap.allocate(-1));
      assertThrows(IllegalArgumentException.class, () -> heap.allocateZeroed(-1));
      assertThrows(IllegalArgumentException.class, () -> heap.allocateAligned(10, 3));
      assertThrows(IllegalArgumentException.class, () -> heap.allocateAligned(-10, 16));
      assertThrows(OutOfMemoryError.class, () -> heap.allocate(Long.MAX_VALUE));
    }
  }

  @Test
  void addressBehindTheFirstChunk_isNoBlockOfTheHeap() {
    for (int i = 0; i < 40; i++) {
      try (HakmemHeap heap = HakmemHeap.create()) {
        long behind = heap.allocate(16) + 1024;
        assertThrows(InvalidFreeException.class, () -> heap.free(behind));
        assertFalse(heap.owns(behind));
      }
    }
  }

  @Test
  void allocateAligned_toMoreThanAChunk_isAligned() {
    try (HakmemHeap heap = HakmemHeap.create()) {
      for (long alignment = 1; alignment <= MIB; alignment *= 2) {
        for (int i = 0; i < 3; i++) {
          long block = heap.allocateAligned(100, alignment);
          assertEquals(0, block % alignment);
          heap.free(block);
        }
      }
    }
  }

  @Test
  void close_whileOthersAllocate_leavesTheAllocatorSound() {
    for (int round = 0; round < 100; round++) {
      HakmemHeap heap = HakmemHeap.create();
      CountDownLatch started = new CountDownLatch(2);
      List<InThread.Running> running = new ArrayList<>();
      for (int size : new int[] {4000, 10_000}) {
        running.add(
            InThread.start(
                () -> {
                  started.countDown();
                  assertThrows(IllegalStateException.class, () -> allocateUntilClosed(heap, size));
                }));
      }
      InThread.await(started);
      heap.close();
      running.forEach(InThread.Running::join);
    }
  }

  /** Slowly after a while: whoever closes the heap may wait for a processor. */
  private static void allocateUntilClosed(HakmemHeap heap, int size) {
    for (int i = 0; true; i++) {
      heap.allocate(size);
      if (i > 10_000) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  @Test
  void verify_findsMemoryOfTheHeapThatAnybodyMayFree() {
    try (HakmemHeap heap = HakmemHeap.create()) {
      Classifier classifier = Objects.requireNonNull(Allocator.current()).classifier();
      for (long block : new long[] {heap.allocate(16), heap.allocate(10_000)}) {
        classifier.unseal(block); // the first block of a chunk is where the chunk is
        assertThrows(IllegalStateException.class, heap::verify);
        classifier.seal(block);
        heap.verify();
      }
    }
  }

  private static void refused(InvalidFreeException.Kind kind, long address, Runnable action) {
    InvalidFreeException refusal = assertThrows(InvalidFreeException.class, action::run);
    assertEquals(kind, refusal.kind(), refusal::getMessage);
    assertEquals(address, refusal.address());
  }

  @Test
  void manyThreads_platformAndVirtual_freeForEachOther() {
    try (HakmemHeap heap = HakmemHeap.create()) {
      AtomicLongArray slots = new AtomicLongArray(1024);
      List<InThread.Running> running = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int seed = t;
        Thread.Builder builder = t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
        running.add(InThread.start(builder, () -> handOver(heap, slots, seed)));
      }
      running.forEach(InThread.Running::join);
      for (int i = 0; i < slots.length(); i++) {
        freeChecked(heap, slots.getAndSet(i, 0));
      }
      heap.verify();
      HeapVerifier.verify();
    }
  }

  private static void handOver(HakmemHeap heap, AtomicLongArray slots, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200_000; i++) {
      long size = 16L + random.nextInt(i % 50 == 0 ? 10_000 : 500);
      long block = heap.allocate(size);
      Raw.putLong(block, block ^ size);
      Raw.putLong(block + 8, size);
      freeChecked(heap, slots.getAndSet(random.nextInt(slots.length()), block));
    }
  }

  private static void freeChecked(HakmemHeap heap, long block) {
    if (block != 0) {
      assertEquals(block ^ Raw.getLong(block + 8), Raw.getLong(block), "cookie");
      heap.free(block);
    }
  }

  /**
   * By the interpreter, in which a consumer is within a stripe so often that a producer who cuts a
   * new chunk each time that he meets him would soon have several MiB.
   */
  @Test
  void producerAndConsumer_useTheSameMemoryOverAndOver() {
    String kept = ChildJava.run(List.of("-Xint", "-ea"), HandingOver.class);
    assertTrue(Long.parseLong(kept) <= MIB, () -> kept + " bytes for 600 blocks of 270");
  }

  /** Prints the most that a heap kept of four; at most 600 blocks of 270 bytes live at a time. */
  static final class HandingOver {
    private HandingOver() {}

    public static void main(String[] args) throws InterruptedException {
      long most = 0;
      for (int i = 0; i < 4; i++) {
        try (HakmemHeap heap = HakmemHeap.create()) {
          long before = Hakmem.stats().allocatedBytes();
          handOverInBatches(heap);
          most = Math.max(most, Hakmem.stats().allocatedBytes() - before);
          heap.verify();
        }
      }
      System.out.println(most);
    }

    private static void handOverInBatches(HakmemHeap heap) throws InterruptedException {
      ArrayBlockingQueue<long[]> queue = new ArrayBlockingQueue<>(4);
      InThread.Running consumer =
          InThread.start(
              () -> {
                for (long[] batch = queue.take(); batch.length > 0; batch = queue.take()) {
                  for (long block : batch) {
                    heap.free(block);
                  }
                }
              });
      for (int n = 0; n < 4000; n++) {
        long[] batch = new long[100];
        for (int i = 0; i < batch.length; i++) {
          batch[i] = heap.allocate(16 + (n * 31 + i * 7) % 500);
        }
        queue.put(batch);
      }
      queue.put(new long[0]);
      consumer.join();
    }
  }

  @Test
  void heapAtTheLimit_isRefusedMemory_andGoesOn() {
    FreshAllocator.run(AtTheLimit.class, "");
  }

  /** Fills the limit from heaps. */
  static final class AtTheLimit implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(HakmemConfig.DEFAULT.withLimitBytes(16 << 20).withPurgeDelayMillis(-1));
      for (int round = 0; round < 2; round++) {
        try (HakmemHeap heap = HakmemHeap.create()) {
          long kept = heap.allocate(100);
          for (int size : new int[] {1 << 20, 10_000, 100}) {
            OutOfMemoryError refused =
                assertThrows(OutOfMemoryError.class, () -> allocateForEver(heap, size));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.startsWith("hakmem: no memory for " + size), message);
            heap.verify();
            HeapVerifier.verify();
          }
          heap.free(kept);
          heap.free(heap.allocate(100));
        }
        HeapVerifier.verify();
        assertEquals(0, Hakmem.stats().allocatedBytes());
      }
      return "";
    }

    private static void allocateForEver(HakmemHeap heap, int size) {
      for (int i = 0; i < 10_000_000; i++) {
        heap.allocate(size);
      }
    }
  }
}
