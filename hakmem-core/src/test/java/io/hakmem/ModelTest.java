// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random operations against an interval map of what must be alive. */
@Tag("every-source")
@Tag("every-mode")
final class ModelTest {
  /*
   * The model knows of every live block where it starts, how long it is and what it holds. Whatever the
   * allocator does must fit it: blocks do not overlap, are aligned, as large as they say, and keep
   * their contents. Each failure names its seed; the same seed makes the same sequence of requests.
   */

  private static final int STEPS = 60_000;
  private static final int MAX_BLOCKS = 600;
  private static final long MAX_LIVE_BYTES = 256L << 20;

  /**
   * The region of the portable source has four places at multiples of 1 GiB: soon all are taken.
   */
  private static final int MAX_ALIGNMENT_SHIFT = TestMode.returnsMemory() ? 30 : 26;

  /** A live block; {@code view} is what to free it by, if not its address. */
  private record Block(long size, long usable, long seed, @Nullable Object view) {}

  private final TreeMap<Long, Block> model = new TreeMap<>();
  private final List<Long> addresses = new ArrayList<>();
  private SplittableRandom random = new SplittableRandom(0);
  private long liveBytes;
  private long nextSeed;

  @BeforeAll
  static void configure() {
    // Background purges every few milliseconds, so that pages come and go under the test's feet.
    Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(1).withTinySllDrainInterval(100));
  }

  @Test
  void randomOperations_againstIntervalMap_agree() {
    long seed = TestMode.seed();
    run(seed, TestMode.scaled(STEPS));
  }

  @Test
  void randomOperations_onVirtualThread_agree() {
    long seed = TestMode.seed();
    InThread.runVirtual(() -> run(seed, TestMode.scaled(STEPS / 2)));
  }

  private void run(long seed, int steps) {
    random = new SplittableRandom(seed);
    int step = 0;
    try {
      for (; step < steps; step++) {
        step(random.nextInt(100));
      }
      while (!addresses.isEmpty()) {
        free(addresses.size() - 1);
      }
      HeapVerifier.verify();
      Eventually.equal(0, () -> Hakmem.stats().allocatedBytes());
    } catch (Throwable failure) {
      throw new AssertionError("step " + step + TestMode.replay(seed), failure);
    }
  }

  private void step(int dice) {
    boolean full = addresses.size() >= MAX_BLOCKS || liveBytes >= MAX_LIVE_BYTES;
    if (addresses.isEmpty() || (dice < 45 && !full)) {
      allocate();
    } else if (dice < 60) {
      reallocate(random.nextInt(addresses.size()));
    } else if (dice < 98 || full) {
      free(random.nextInt(addresses.size()));
    } else if (random.nextInt(20) == 0) {
      Hakmem.purge();
    } else if (random.nextInt(20) == 0) {
      HeapVerifier.verify();
    } else {
      checkQuestions();
    }
  }

  private void allocate() {
    long size = randomSize();
    switch (random.nextInt(8)) {
      case 0 -> {
        long address = Hakmem.allocateZeroed(size);
        assertZero(address, size);
        enter(address, size, null);
      }
      case 1 -> {
        long count = 1L + random.nextInt(16);
        long address = Hakmem.allocateZeroed(count, size / count);
        assertZero(address, size / count * count);
        enter(address, size / count * count, null);
      }
      case 2 -> {
        long alignment =
            1L << random.nextInt(random.nextInt(10) == 0 ? MAX_ALIGNMENT_SHIFT + 1 : 17);
        long address = Hakmem.allocateAligned(size, alignment);
        assertEquals(0, address & (alignment - 1), () -> "alignment " + alignment);
        enter(address, size, null);
      }
      case 3 -> {
        MemorySegment segment = Hakmem.allocateSegment(size);
        assertEquals(size, segment.byteSize());
        enter(segment.address(), size, segment);
      }
      case 4 -> {
        ByteBuffer buffer = Hakmem.allocateBuffer((int) size);
        assertEquals(size, buffer.capacity());
        buffer.position((int) (size / 2));
        enter(MemorySegment.ofBuffer(buffer).address() - size / 2, size, buffer);
      }
      case 5 -> enter(Hakmem.tryAllocate(size), size, null);
      default -> enter(Hakmem.allocate(size), size, null);
    }
  }

  private long randomSize() {
    int dice = random.nextInt(1000);
    if (dice < 600) {
      return random.nextLong(2049);
    }
    if (dice < 900) {
      return random.nextLong(40 << 10);
    }
    return dice < 985 ? random.nextLong(1 << 20) : random.nextLong(6 << 20);
  }

  private void enter(long address, long size, @Nullable Object view) {
    assertTrue(address != 0, "an address");
    assertEquals(0, address & 15, "multiple of 16");
    long usable = Hakmem.usableSize(address);
    assertTrue(usable >= size, () -> "usable " + usable + " of " + size);
    Map.Entry<Long, Block> before = model.lowerEntry(address + usable);
    assertFalse(
        before != null && before.getKey() + before.getValue().usable() > address,
        () -> "[" + address + ", +" + usable + ") overlaps " + before);
    Block block = new Block(size, usable, nextSeed++, view);
    Patterns.write(address, size, block.seed());
    model.put(address, block);
    addresses.add(address);
    liveBytes += usable;
  }

  private Block leave(int index) {
    long address = addresses.get(index);
    Block block = Objects.requireNonNull(model.remove(address));
    addresses.set(index, addresses.getLast());
    addresses.removeLast();
    liveBytes -= block.usable();
    assertContents(address, block, block.size());
    return block;
  }

  private void free(int index) {
    long address = addresses.get(index);
    long usable = Hakmem.usableSize(address);
    Block block = leave(index);
    assertEquals(block.usable(), usable);
    switch (block.view()) {
      case MemorySegment segment -> Hakmem.free(segment);
      case ByteBuffer buffer -> Hakmem.free(buffer);
      case null, default -> {
        if (random.nextBoolean()) {
          Hakmem.free(address);
        } else {
          Hakmem.free(address, random.nextBoolean() ? block.size() : block.usable());
        }
      }
    }
    assertFalse(Hakmem.owns(address));
  }

  private void reallocate(int index) {
    long address = addresses.get(index);
    Block block = leave(index);
    long size =
        random.nextBoolean() ? randomSize() : block.size() / 2 + random.nextLong(block.size() + 1);
    long moved = Hakmem.reallocate(address, size);
    assertContents(moved, block, Math.min(size, block.size()));
    assertTrue(moved == address || !Hakmem.owns(address), "the old address");
    enter(moved, size, null);
  }

  private void checkQuestions() {
    long address = addresses.get(random.nextInt(addresses.size()));
    Block block = Objects.requireNonNull(model.get(address));
    assertTrue(Hakmem.owns(address));
    assertEquals(block.usable(), Hakmem.usableSize(address));
    long inside = address + 1 + random.nextLong(Math.max(block.usable() - 1, 1));
    assertFalse(Hakmem.owns(inside), "an inner address");
    HakmemStats stats = Hakmem.stats();
    // Not equal: blocks that the purger carries home at this moment are nowhere else.
    assertTrue(stats.allocatedBytes() >= liveBytes, stats::toString);
    assertTrue(stats.committedBytes() >= liveBytes, stats::toString);
    assertTrue(stats.peakCommittedBytes() >= stats.committedBytes(), stats::toString);
  }

  private static void assertZero(long address, long size) {
    assertEquals(-1, Patterns.firstNonZero(address, size), "first byte that is not zero");
  }

  private static void assertContents(long address, Block block, long size) {
    assertEquals(
        -1,
        Patterns.mismatch(address, size, block.size(), block.seed()),
        () -> "first spoilt byte of " + block + " at " + address);
  }
}
