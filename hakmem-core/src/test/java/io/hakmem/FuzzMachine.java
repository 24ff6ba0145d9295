// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static io.hakmem.InvalidFreeException.Kind.FOREIGN;
import static io.hakmem.InvalidFreeException.Kind.INTERIOR;
import static io.hakmem.InvalidFreeException.Kind.NOT_ALLOCATED;
import static io.hakmem.InvalidFreeException.Kind.WRONG_SIZE;

import io.hakmem.superslab.Region;
import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Executes a string of bytes as calls of the whole API, against an interval map of what lives. */
public final class FuzzMachine {
  /*
   * Every string is a program: one byte says what to do, those behind it with what. Bytes that are
   * missing are 0. So whoever makes strings, by chance or by coverage, need not know what they mean, and
   * a part of a program is a program.
   */

  /** The entry points of Jazzer. */
  public static void fuzzerInitialize() {
    Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
  }

  /** Runs one program. */
  public static void fuzzerTestOneInput(byte[] program) {
    new FuzzMachine(program).run();
  }

  private static final int MOST_STEPS = 2000;
  private static final int MOST_BLOCKS = 200;
  private static final int MOST_HEAPS = 3;
  private static final long MOST_BYTES = 16L << 20;

  /** A live block; of a heap or of nobody's. */
  private record Block(long size, long usable, long seed, @Nullable HakmemHeap heap) {}

  private final byte[] program;
  private int position;
  private final TreeMap<Long, Block> live = new TreeMap<>();
  private final List<HakmemHeap> heaps = new ArrayList<>();
  private long liveBytes;
  private long seeds;
  private long lastFreed;

  FuzzMachine(byte[] program) {
    this.program = program;
  }

  void run() {
    for (int step = 0; step < MOST_STEPS && position < program.length; step++) {
      step(next());
    }
    for (Map.Entry<Long, Block> each : List.copyOf(live.entrySet())) {
      free(each.getKey(), each.getValue(), 0);
    }
    heaps.forEach(HakmemHeap::close);
    HeapVerifier.verify();
    require(Hakmem.stats().allocatedBytes() == 0, "bytes are still allocated");
  }

  private void step(int what) {
    switch (what & 0xf) {
      case 0, 1, 2 -> allocate(what >>> 4);
      case 3 -> allocateFromHeap(what >>> 4);
      case 4 -> reallocate();
      case 5, 6, 7 -> onBlock((address, block) -> free(address, block, what >>> 4));
      case 8 -> freeBadly(next() | next() << 8);
      case 9 -> freeAgain();
      case 10 -> onBlock(this::freeOfWrongSize);
      case 11 -> inVirtualThread();
      case 12 -> heaps(what >>> 4);
      case 13 -> onBlock(this::ask);
      case 14 -> refuseArguments(what >>> 4);
      default -> upkeep(what >>> 4);
    }
  }

  private int next() {
    return position < program.length ? program[position++] & 0xff : 0;
  }

  /** Sizes of all tiers, most of them small. */
  private long size() {
    int kind = next();
    long value = next() | next() << 8;
    return switch (kind & 7) {
      case 0, 1, 2 -> value & 0x3ff;
      case 3, 4 -> value & 0x7fff;
      case 5 -> value * 16;
      case 6 -> value * 64;
      default -> (1L << (kind >>> 4)) + (value & 3) - 1;
    };
  }

  private interface Use {
    void accept(long address, Block block);
  }

  private void onBlock(Use use) {
    if (!live.isEmpty()) {
      int index = (next() | next() << 8) % live.size();
      Map.Entry<Long, Block> entry = live.entrySet().stream().skip(index).findFirst().orElseThrow();
      use.accept(entry.getKey(), entry.getValue());
    }
  }

  // ---- what a sound program does

  private void allocate(int how) {
    long size = size();
    if (live.size() >= MOST_BLOCKS || liveBytes + size > MOST_BYTES) {
      return;
    }
    switch (how & 7) {
      case 0 -> enterZeroed(Hakmem.allocateZeroed(size), size);
      case 1 ->
          enterZeroed(Hakmem.allocateZeroed(1 + how, size / (1 + how)), size - size % (1 + how));
      case 2 -> {
        long alignment = 1L << (next() % 21);
        long address = Hakmem.allocateAligned(size, alignment);
        require((address & (alignment - 1)) == 0, "not aligned to " + alignment);
        enter(address, size, null);
      }
      case 3 -> enter(Hakmem.allocateSegment(size).address(), size, null);
      case 4 ->
          enter(MemorySegment.ofBuffer(Hakmem.allocateBuffer((int) size)).address(), size, null);
      case 5 -> enter(Hakmem.tryAllocate(size), size, null);
      default -> enter(Hakmem.allocate(size), size, null);
    }
  }

  private void allocateFromHeap(int how) {
    long size = size();
    if (heaps.isEmpty() || live.size() >= MOST_BLOCKS || liveBytes + size > MOST_BYTES) {
      return;
    }
    HakmemHeap heap = heaps.get(how % heaps.size());
    long address =
        switch (how & 3) {
          case 0 -> heap.allocateAligned(size, 1L << (how & 12));
          case 1 -> heap.allocateZeroed(size);
          default -> heap.allocate(size);
        };
    enter(address, size, heap);
  }

  private void enterZeroed(long address, long size) {
    require(Patterns.firstNonZero(address, size) < 0, "not zero");
    enter(address, size, null);
  }

  private void enter(long address, long size, @Nullable HakmemHeap heap) {
    require(address != 0 && (address & 15) == 0, "no address: " + address);
    long usable = heap == null ? Hakmem.usableSize(address) : heap.usableSize(address);
    require(usable >= size, "usable " + usable + " of " + size);
    Map.Entry<Long, Block> below = live.lowerEntry(address + usable);
    require(
        below == null || below.getKey() + below.getValue().usable() <= address,
        "two blocks overlap at " + address);
    Block block = new Block(size, usable, seeds++, heap);
    Patterns.write(address, size, block.seed());
    live.put(address, block);
    liveBytes += usable;
  }

  private void leave(long address, Block block) {
    live.remove(address);
    liveBytes -= block.usable();
    require(
        Patterns.mismatch(address, block.size(), block.size(), block.seed()) < 0,
        "contents of " + block + " at " + address);
  }

  private void reallocate() {
    long size = size();
    onBlock(
        (address, block) -> {
          if (liveBytes + size > MOST_BYTES) {
            return;
          }
          leave(address, block);
          HakmemHeap heap = block.heap();
          long moved =
              heap == null ? Hakmem.reallocate(address, size) : heap.reallocate(address, size);
          long kept = Math.min(size, block.size());
          require(Patterns.mismatch(moved, kept, block.size(), block.seed()) < 0, "contents kept");
          enter(moved, size, heap);
        });
  }

  private void free(long address, Block block, int how) {
    leave(address, block);
    if (block.heap() != null) {
      block.heap().free(address);
    } else if ((how & 1) == 0) {
      Hakmem.free(address);
    } else {
      Hakmem.free(address, (how & 2) == 0 ? block.size() : block.usable());
    }
    lastFreed = address;
  }

  private void ask(long address, Block block) {
    require(Hakmem.owns(address) == (block.heap() == null), "owns");
    if (block.heap() == null) {
      require(Hakmem.usableSize(address) == block.usable(), "usable size");
    } else {
      require(block.heap().usableSize(address) == block.usable(), "usable size in the heap");
    }
  }

  // ---- what it should not

  private void freeBadly(int offset) {
    onBlock(
        (address, block) -> {
          long bad = address + offset;
          if (!live.containsKey(bad)) {
            refuses(reasons(bad), bad, () -> Hakmem.free(bad));
          } else if (block.heap() != null) {
            refuses(EnumSet.of(FOREIGN), address, () -> Hakmem.free(address));
          }
        });
  }

  private void freeAgain() {
    long address = lastFreed;
    if (address != 0 && !live.containsKey(address)) {
      refuses(reasons(address), address, () -> Hakmem.free(address));
      for (HakmemHeap heap : heaps) {
        refuses(EnumSet.of(FOREIGN, NOT_ALLOCATED, INTERIOR), address, () -> heap.free(address));
      }
    }
  }

  private void freeOfWrongSize(long address, Block block) {
    if (block.heap() == null) {
      long wrong = block.usable() + 1 + next();
      refuses(EnumSet.of(WRONG_SIZE), address, () -> Hakmem.free(address, wrong));
    }
  }

  /** What a free of an address at which no block starts may be refused for. */
  private Set<InvalidFreeException.Kind> reasons(long address) {
    if (!Region.contains(address)) {
      return EnumSet.of(FOREIGN);
    }
    Map.Entry<Long, Block> below = live.floorEntry(address);
    if (below != null && address < below.getKey() + below.getValue().usable()) {
      return EnumSet.of(below.getValue().heap() == null ? INTERIOR : FOREIGN);
    }
    // What a heap stands on is foreign, whether handed out or not.
    return heaps.isEmpty() ? EnumSet.of(NOT_ALLOCATED) : EnumSet.of(NOT_ALLOCATED, FOREIGN);
  }

  private static void refuses(Set<InvalidFreeException.Kind> kinds, long address, Runnable action) {
    try {
      action.run();
    } catch (InvalidFreeException refused) {
      require(kinds.contains(refused.kind()), "refused as " + refused.kind() + ", not " + kinds);
      require(refused.address() == address, "refused another address");
      return;
    }
    throw new AssertionError("not refused: " + kinds);
  }

  private static void refuseArguments(int which) {
    try {
      switch (which & 3) {
        case 0 -> Hakmem.allocate(-1L - which);
        case 1 -> Hakmem.allocateZeroed(Long.MAX_VALUE, 2L + which);
        case 2 -> Hakmem.allocateAligned(16, which == 2 ? 0 : 1L << 31);
        default -> Hakmem.free(16L * which, -1);
      }
    } catch (IllegalArgumentException refused) {
      return;
    }
    throw new AssertionError("not refused: arguments " + which);
  }

  // ---- the rest

  private void inVirtualThread() {
    int[] steps = {next() & 15};
    InThread.runVirtual(
        () -> {
          while (steps[0]-- > 0 && position < program.length) {
            int what = next();
            step((what & 0xf) == 11 ? 15 : what); // no thread in the thread
          }
        });
  }

  private void heaps(int how) {
    if ((how & 1) == 0 && heaps.size() < MOST_HEAPS) {
      heaps.add(HakmemHeap.create());
    } else if (!heaps.isEmpty()) {
      HakmemHeap heap = heaps.remove(how % heaps.size());
      heap.verify();
      for (Map.Entry<Long, Block> each : List.copyOf(live.entrySet())) {
        if (each.getValue().heap() == heap) {
          leave(each.getKey(), each.getValue());
        }
      }
      heap.close();
    }
  }

  private static void upkeep(int how) {
    if (how == 0) {
      HeapVerifier.verify();
    } else if (how < 4) {
      Hakmem.purge();
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(Objects.requireNonNull(message));
    }
  }
}
