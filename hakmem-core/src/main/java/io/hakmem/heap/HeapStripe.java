// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.heap;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Free memory of a heap, for one thread at a time. */
final class HeapStripe {
  /*
   * Stacks of free blocks, one for each class, and the rest of a chunk to cut new blocks from:
   *
   *   chunk                position              limit
   *   +-------+---+--------+---------------------+
   *   | blocks with a mark | never handed out    |
   *   +-------+---+--------+---------------------+
   *
   *   I1  position and limit lie in the chunk or at its end, position <= limit; both 0 without one
   *   I2  a block in a stack is marked free, with the class of the stack
   *
   * Claimed for the few instructions of a request and released before anything that can block. What
   * claim (compare and set) acquires is what release (release) left: plain fields go with it.
   */

  private static final VarHandle CLAIMED;

  static {
    try {
      CLAIMED = MethodHandles.lookup().findVarHandle(HeapStripe.class, "claimed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int FIRST_STACK_LENGTH = 16;
  private static final long[] EMPTY = {};

  @SuppressWarnings("unused") // by CLAIMED
  private boolean claimed;

  private final HeapChunks chunks;
  private @Nullable HeapChunk chunk;
  private long position;
  private long limit;

  /** By class; no stack at all until the first block is freed. */
  private long[][] stacks = {};

  private int[] counts = {};

  HeapStripe(HeapChunks chunks) {
    this.chunks = chunks;
  }

  boolean tryClaim() {
    return CLAIMED.compareAndSet(this, false, true);
  }

  /** Claims the stripe, however long that takes; no other one may be claimed by the caller. */
  @SuppressWarnings("ThreadPriorityCheck") // its holder needs a processor to be done with it
  void claim() {
    while (!tryClaim()) {
      Thread.yield();
    }
  }

  void release() {
    CLAIMED.setRelease(this, false);
  }

  // ---- by whoever claimed it

  /** Takes a free block of a class or cuts one, live; {@link Memory#NULL} if there is no room. */
  long take(int sizeClass) {
    while (sizeClass < counts.length && counts[sizeClass] > 0) {
      long address = stacks[sizeClass][--counts[sizeClass]];
      HeapChunk home = chunks.find(address);
      // A block that is live already is the trace of two frees that raced: it stays with its
      // holder.
      if (home != null && home.state(address) == -sizeClass) {
        home.setState(address, sizeClass);
        return address;
      }
    }
    return cut(sizeClass, 1);
  }

  /** Cuts a block of a class at a multiple of a power of two. */
  long cut(int sizeClass, long alignment) {
    long address = Bits.alignUp(position, alignment);
    long end = address + SizeClasses.bytes(sizeClass);
    HeapChunk from = chunk;
    if (from == null || end > limit) {
      return Memory.NULL;
    }
    position = end;
    from.setState(address, sizeClass);
    return address;
  }

  /** Keeps a block that is marked free; false if its stack is full, and the Java heap as well. */
  boolean push(int sizeClass, long address) {
    if (counts.length == 0 || counts[sizeClass] == stacks[sizeClass].length) {
      try {
        grow(sizeClass);
      } catch (OutOfMemoryError noStack) {
        return false;
      }
    }
    stacks[sizeClass][counts[sizeClass]++] = address;
    return true;
  }

  private void grow(int sizeClass) {
    if (counts.length == 0) {
      int[] none = new int[Heap.MAX_CUT_CLASS + 1];
      stacks = new long[Heap.MAX_CUT_CLASS + 1][];
      Arrays.fill(stacks, EMPTY);
      counts = none;
    }
    long[] stack = stacks[sizeClass];
    stacks[sizeClass] = Arrays.copyOf(stack, Math.max(FIRST_STACK_LENGTH, 2 * stack.length));
  }

  /** Takes the older half of the free blocks of a class out, as they are. */
  long[] takeHalf(int sizeClass) {
    if (sizeClass >= counts.length) {
      return EMPTY;
    }
    long[] stack = stacks[sizeClass];
    int count = counts[sizeClass];
    int half = (count + 1) / 2;
    long[] taken = Arrays.copyOf(stack, half);
    System.arraycopy(stack, half, stack, 0, count - half);
    counts[sizeClass] = count - half;
    return taken;
  }

  /** Cuts from another chunk from now on; what is left of the one before is not used. */
  void begin(HeapChunk fresh) {
    chunk = fresh;
    position = fresh.base();
    limit = fresh.end();
  }

  /** Checks I1 and I2; throws {@link IllegalStateException}. How many blocks are in the stacks. */
  int verify() {
    HeapChunk from = chunk;
    boolean inChunk =
        from == null
            ? position == 0 && limit == 0
            : from.base() <= position && position <= limit && limit == from.end();
    Bits.require(inChunk, "a stripe cuts from " + position + " to " + limit + ": not its chunk");
    int free = 0;
    for (int c = 1; c < counts.length; c++) {
      for (int i = 0; i < counts[c]; i++) {
        HeapChunk home = chunks.find(stacks[c][i]);
        Bits.require(
            home != null && home.state(stacks[c][i]) == -c,
            "a stack of class " + c + " holds a block that is live, of another class, or none");
        free++;
      }
    }
    return free;
  }
}
