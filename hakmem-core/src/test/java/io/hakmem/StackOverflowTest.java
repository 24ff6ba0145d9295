// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the stack ends, every operation does all or throws and does nothing. */
final class StackOverflowTest {

  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
  void everyOperation_nearTheEndOfTheStack_doesAllOrNothing(String mode) {
    String said =
        ChildJava.run(
            List.of(mode, "-Xss512k", "-Xmx256m", "-XX:MaxJavaStackTraceDepth=1"),
            Deep.class,
            mode.equals("-Xint") ? "1" : "10");
    assertTrue(Integer.parseInt(said) > 1000, said + " operations were refused");
  }

  /** Recurses to the end of the stack and works on each of the last levels on the way back. */
  static final class Deep {
    /*
     * What a step notes of an operation that succeeded are assignments: they need no stack. So if an
     * operation is refused, nothing of it is noted, and the account at the end tells whether it had an
     * effect after all.
     */

    /** After so many levels on which nothing was refused, the stack suffices. */
    private static final int QUIET_LEVELS = 12;

    private static final int MOST_BLOCKS = 50_000;
    private static final int MOST_ARENAS = 5000;
    private static final long MIB = 1 << 20;
    private static final long[] SIZES = {16, 5000, 60_000, MIB + 1};

    /** One attempt, or several until one is refused. */
    private interface Step {
      void attempt();
    }

    private final long[] blocks = new long[MOST_BLOCKS];
    private final HakmemArena[] arenas = new HakmemArena[MOST_ARENAS];
    private HakmemHeap heap = HakmemHeap.create();
    private int count;
    private int next;
    private long size;
    private int burst;
    private int refused;
    private int quietLevels;
    private boolean done;

    public static void main(String[] arguments) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      Deep deep = new Deep();
      int warmth = Integer.parseInt(arguments[0]);
      InThread.run(
          () -> {
            for (int i = 0; i < warmth; i++) {
              deep.everything(Step::attempt);
            }
          });
      InThread.runVirtual(() -> deep.everything(Step::attempt));
      deep.check("before");
      deep.refused = 0;
      InThread.run(() -> deep.everything(step -> deep.pad(1, step)));
      deep.check("platform");
      InThread.runVirtual(() -> deep.everything(step -> deep.pad(2, step)));
      deep.check("virtual");
      System.out.println(deep.refused);
    }

    // ---- the stack

    /** Shifts where on the last page of the stack the levels lie. */
    private void pad(int frames, Step step) {
      if (frames > 0) {
        pad(frames - 1, step);
      } else {
        int ignored = descend(step);
      }
    }

    @SuppressWarnings("InfiniteRecursion") // its end is the stack's
    private int descend(Step step) {
      int up;
      try {
        up = descend(step);
      } catch (StackOverflowError end) {
        up = 0;
      }
      if (up == 0) {
        quietLevels = 0;
      }
      if (quietLevels < QUIET_LEVELS) {
        int before = refused;
        try {
          step.attempt();
        } catch (StackOverflowError tooDeep) {
          refused++;
        }
        quietLevels = refused == before ? quietLevels + 1 : 0;
      }
      return up + 1;
    }

    // ---- what is done

    /** How a step is taken. */
    private interface Way {
      void take(Step step);
    }

    private void everything(Way way) {
      for (long each : SIZES) {
        size = each;
        burst = each <= 5000 ? 20 : 1;
        count = 0;
        String what = "size " + size;
        way.take(this::allocate);
        require(what + " allocated");
        mark();
        way.take(this::reallocate);
        requireMarks(what);
        require(what + " reallocated");
        next = count / 2;
        way.take(this::free);
        finish(this::free);
        require(what + " freed");
        InThread.run(
            () -> {
              next = 0;
              way.take(this::free);
              finish(this::free);
            });
        require(what + " freed by others");
        way.take(this::allocateInHeap);
        mark();
        way.take(this::reallocateInHeap);
        requireMarks(what + " of a heap");
        next = count / 2;
        way.take(this::freeInHeap);
        finish(this::freeInHeap);
        heap.verify();
        done = false;
        way.take(this::closeHeap);
        heap.close();
        heap = HakmemHeap.create();
        count = 0;
        require(what + " in a heap");
        for (boolean shared : new boolean[] {false, true}) {
          way.take(() -> useArena(shared));
          for (int i = 0; i < MOST_ARENAS; i++) {
            if (arenas[i] != null) {
              arenas[i].close();
              arenas[i] = null;
            }
          }
          require(what + " in arenas");
        }
      }
      way.take(this::purge);
    }

    /** Frees what the stack did not suffice for. */
    private void finish(Step free) {
      while (count > next) {
        free.attempt();
      }
    }

    private void allocate() {
      for (int i = 0; i < burst && count < MOST_BLOCKS; i++) {
        long bytes = size - (count & 7);
        try {
          long address =
              switch (count % 6) {
                case 0 -> Hakmem.allocateZeroed(bytes);
                case 1 -> Hakmem.allocateAligned(bytes, 1 << (count % 20));
                case 2 -> Hakmem.tryAllocate(bytes);
                case 3 -> Hakmem.reallocate(0, bytes);
                default -> Hakmem.allocate(bytes);
              };
          blocks[count++] = address;
        } catch (StackOverflowError end) {
          refused++;
          return;
        }
      }
    }

    private void reallocate() {
      for (int i = 0; i < burst && count > 0; i++) {
        int which = (next + 7919) % count;
        next = which;
        long bytes = (i & 1) == 0 ? size + (size >> 2) : (size >> 2) + 1;
        try {
          long address = Hakmem.reallocate(blocks[which], bytes);
          blocks[which] = address;
        } catch (StackOverflowError end) {
          refused++;
          return;
        }
      }
    }

    /** Frees from the last one down to what {@code next} names. */
    private void free() {
      for (int i = 0; i < burst && count > next; i++) {
        try {
          Hakmem.free(blocks[count - 1]);
          count--;
        } catch (StackOverflowError end) {
          refused++;
          return;
        }
      }
    }

    private void allocateInHeap() {
      for (int i = 0; i < burst && count < MOST_BLOCKS; i++) {
        try {
          long address =
              switch (count % 3) {
                case 0 -> heap.allocateZeroed(size);
                case 1 -> heap.allocateAligned(size, 1 << (count % 14));
                default -> heap.allocate(size);
              };
          blocks[count++] = address;
        } catch (StackOverflowError end) {
          refused++;
          return;
        }
      }
    }

    private void reallocateInHeap() {
      for (int i = 0; i < burst && count > 0; i++) {
        int which = (next + 7919) % count;
        next = which;
        try {
          long address =
              heap.reallocate(blocks[which], (i & 1) == 0 ? size + (size >> 2) : (size >> 2) + 1);
          blocks[which] = address;
        } catch (StackOverflowError end) {
          refused++;
          return;
        }
      }
    }

    private void freeInHeap() {
      for (int i = 0; i < burst && count > next; i++) {
        try {
          heap.free(blocks[count - 1]);
          count--;
        } catch (StackOverflowError end) {
          refused++;
          return;
        }
      }
    }

    private void closeHeap() {
      if (!done) {
        try {
          heap.close();
          done = true;
        } catch (StackOverflowError end) {
          refused++;
        }
      }
    }

    private void useArena(boolean shared) {
      int slot = 0;
      while (slot < MOST_ARENAS - 1 && arenas[slot] != null) {
        slot++;
      }
      try {
        HakmemArena arena = shared ? HakmemArena.ofShared() : HakmemArena.ofConfined();
        arenas[slot] = arena;
        arena.allocate(100, 8);
        arena.allocate(size, 16);
        arena.close();
        arenas[slot] = null;
      } catch (StackOverflowError end) {
        refused++;
      }
    }

    private void purge() {
      try {
        Hakmem.purge();
      } catch (StackOverflowError end) {
        refused++;
      }
    }

    // ---- what has to hold

    private void mark() {
      for (int i = 0; i < count; i++) {
        Raw.putLong(blocks[i], i);
      }
    }

    private void requireMarks(String what) {
      for (int i = 0; i < count; i++) {
        assertEquals(i, Raw.getLong(blocks[i]), what + ": contents");
      }
    }

    /** The blocks noted are what is live, and the heap is sound. */
    private void require(String what) {
      HeapVerifier.verify();
      long bytes = 0;
      for (int i = 0; i < count; i++) {
        bytes += Hakmem.usableSize(blocks[i]);
      }
      long heapBytes = emptyHeapBytes;
      assertEquals(bytes + heapBytes, Hakmem.stats().allocatedBytes(), what);
    }

    /** What the first chunk of the heap takes. */
    private final long emptyHeapBytes = Hakmem.stats().allocatedBytes();

    private void check(String what) {
      count = 0;
      InThread.run(() -> require(what));
      Hakmem.purge();
      HeapVerifier.verify();
    }
  }
}
