// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import java.util.function.LongPredicate;

/**
 * The stacks of free blocks of one front cache, as its slow paths use them. Owner thread only,
 * unless a method says otherwise.
 */
final class StackArea {
  /** Where it lies, see {@link Stacks}. */
  private final long area;

  /** Bytes of the free blocks of all pool classes. */
  private long poolBytes;

  /** Stacks without a block in an area that is committed. */
  StackArea(long area) {
    this.area = area;
    Stacks.clear(area);
  }

  /** The word of a class. Any thread. */
  long word(int sizeClass) {
    return Memory.getLong(Stacks.of(area, sizeClass));
  }

  /** Pushes a block that is marked free; false if there is no room. */
  boolean push(int sizeClass, long address) {
    long stack = Stacks.of(area, sizeClass);
    long word = Memory.getLong(stack);
    if (!Stacks.hasRoom(word)) {
      return false;
    }
    Memory.putLong(Stacks.entry(stack, Stacks.count(word) + 1), address);
    Memory.putLong(stack, word + Stacks.PUSH);
    notePool(sizeClass, 1);
    return true;
  }

  /**
   * Pushes {@code blocks[from]} and following, which are marked free, as many as there is room for;
   * how many.
   */
  int pushAll(int sizeClass, long[] blocks, int from, int count) {
    long stack = Stacks.of(area, sizeClass);
    long word = Memory.getLong(stack);
    int taken = Math.min(count, Stacks.room(word));
    Memory.putLongs(Stacks.entry(stack, Stacks.count(word) + 1), blocks, from, taken);
    Memory.putLong(stack, word + taken * Stacks.PUSH);
    notePool(sizeClass, taken);
    return taken;
  }

  /**
   * Moves the oldest {@code blocks} of a class, at most as many as there are, to an array; how
   * many.
   */
  int takeOldest(int sizeClass, int blocks, long[] into) {
    long stack = Stacks.of(area, sizeClass);
    long word = Memory.getLong(stack);
    long oldest = Stacks.entry(stack, 1);
    Memory.getLongs(oldest, into, blocks);
    Memory.copy(
        Stacks.entry(stack, blocks + 1), oldest, (long) (Stacks.count(word) - blocks) * Long.BYTES);
    Memory.putLong(stack, word - blocks * Stacks.PUSH);
    notePool(sizeClass, -blocks);
    return blocks;
  }

  /** Notes that a pool class has so many blocks more. */
  void notePool(int sizeClass, int blocks) {
    if (sizeClass > SizeClasses.TINY_CLASSES) {
      poolBytes += (long) blocks * SizeClasses.bytes(sizeClass);
    }
  }

  /** Whether a block of a class more leaves those of pool classes within a bound in bytes. */
  boolean poolAllows(int sizeClass, long mostBytes) {
    return sizeClass <= SizeClasses.TINY_CLASSES
        || poolBytes + SizeClasses.bytes(sizeClass) <= mostBytes;
  }

  /** Checks what was noted; throws {@link IllegalStateException}. */
  void verifyPool() {
    long found = 0;
    for (int c = SizeClasses.TINY_CLASSES + 1; c <= SizeClasses.MAX_CLASS; c++) {
      found += bytes(c);
    }
    Bits.require(poolBytes == found, "noted " + poolBytes + " bytes in stacks, found " + found);
  }

  /** Changes how many blocks of a class there is room for, to at least as many as there are. */
  void setCapacity(int sizeClass, int capacity) {
    long stack = Stacks.of(area, sizeClass);
    Memory.putLong(stack, Stacks.withCapacity(Memory.getLong(stack), capacity));
  }

  /**
   * Checks the stack of a class; throws {@link IllegalStateException}.
   *
   * @param cache number of the cache, for the message
   * @param isFree whether a free block of the class starts at an address
   */
  void verify(int sizeClass, int cache, LongPredicate isFree) {
    long stack = Stacks.of(area, sizeClass);
    long word = Memory.getLong(stack);
    FrontSettings settings = FrontSettings.installed();
    int capacity = settings.capacityOf(sizeClass);
    Bits.require(
        Stacks.capacity(word) == capacity || settings.adaptive(),
        "cache " + cache + ", class " + sizeClass + ": count and room are not " + capacity);
    for (int i = 1; i <= Stacks.count(word); i++) {
      Bits.require(
          isFree.test(Memory.getLong(Stacks.entry(stack, i))),
          "cache " + cache + ", class " + sizeClass + ": holds a block that is live or none");
    }
  }

  /** Bytes of the free blocks of a class. */
  long bytes(int sizeClass) {
    return (long) Stacks.count(word(sizeClass)) * SizeClasses.bytes(sizeClass);
  }
}
