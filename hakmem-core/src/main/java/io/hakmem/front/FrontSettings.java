// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.slab.SizeClasses;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The few values that front caches need of the configuration.
 *
 * @param capacity most blocks of one class in a front cache
 * @param refillHot blocks that a refill asks the slabs for, classes up to 1024 bytes
 * @param refillMid the same for classes above
 * @param drainInterval blocks that pass through the slow paths of a cache between two drains
 * @param cacheBytes most bytes that a drain leaves in a cache, and a free in its pool classes
 * @param shuffled whether a refill brings its blocks in random order
 * @param adaptive whether capacities follow the program, see {@link CapacityController}
 */
public record FrontSettings(
    int capacity,
    int refillHot,
    int refillMid,
    int drainInterval,
    long cacheBytes,
    boolean shuffled,
    boolean adaptive) {

  /** A stack or magazine of small blocks holds at most this many bytes. */
  private static final int MAX_STACK_BYTES = 32 << 10;

  /**
   * Of large blocks a stack holds this many, whatever their bytes: with fewer, a program that takes
   * and frees them at random meets a full or an empty stack every few calls.
   */
  private static final int MIN_STACK_BLOCKS = 32;

  private static final int MIN_MAGAZINE_BLOCKS = MIN_STACK_BLOCKS / 2;
  private static final int MIN_CAPACITY = 2;

  /**
   * Most bytes of a tiny class that wait in the depot for one owner. Much, because beyond it blocks
   * go back to their slabs one by one.
   */
  private static final int MAX_WAITING_TINY_BYTES = 8 << 20;

  /** The same of a pool class, or one magazine: more of them gained nothing. */
  private static final int MAX_WAITING_POOL_BYTES = 1 << 20;

  private static final int MAX_WAITING_MAGAZINES = 512;

  /** How far a capacity may grow, in fixed capacities. */
  private static final int CEILING_FACTOR = 4;

  /** Nor does any grow beyond this many blocks: the largest fixed capacity, see {@link Stacks}. */
  private static final int MAX_CAPACITY = 512;

  /** Largest block of the classes that {@code refillHot} is for. */
  private static final int MAX_HOT_BYTES = 1024;

  /** Whatever its class, a refill from the slabs brings at most this many bytes, or one block. */
  private static final int MAX_REFILL_BYTES = 8 << 10;

  private static volatile FrontSettings installed =
      new FrontSettings(256, 128, 8, 8192, 2 << 20, false, false);

  /** Makes these the settings of all front caches; called once, before the first is made. */
  public void install() {
    installed = this;
  }

  static FrontSettings installed() {
    return installed;
  }

  /** Puts the blocks of a refill into the order that they are to be handed out in. */
  void arrange(long[] batch, int count) {
    if (shuffled) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      for (int i = count - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        long block = batch[i];
        batch[i] = batch[other];
        batch[other] = block;
      }
    }
  }

  /** Most blocks of a class in one stack, or where an adaptive capacity begins. */
  int capacityOf(int sizeClass) {
    return capacityOf(sizeClass, MIN_STACK_BLOCKS);
  }

  /** Most blocks of a class in one magazine. */
  public int magazineOf(int sizeClass) {
    return capacityOf(sizeClass, MIN_MAGAZINE_BLOCKS);
  }

  /** Most blocks of a class that one thread collects for another: meanwhile nobody can use them. */
  int remoteOf(int sizeClass) {
    return capacityOf(sizeClass, MIN_CAPACITY);
  }

  private int capacityOf(int sizeClass, int minBlocks) {
    return Math.min(capacity, Math.max(MAX_STACK_BYTES / SizeClasses.bytes(sizeClass), minBlocks));
  }

  /** Most magazines of a class that wait in the depot for one owner. */
  public int magazinesOf(int sizeClass) {
    int bytes = magazineOf(sizeClass) * SizeClasses.bytes(sizeClass);
    int most = SizeClasses.isTiny(sizeClass) ? MAX_WAITING_TINY_BYTES : MAX_WAITING_POOL_BYTES;
    return Math.clamp(most / bytes, 1, MAX_WAITING_MAGAZINES);
  }

  /** Most blocks that the capacity of a class may ever become. */
  int ceilingOf(int sizeClass) {
    int fixed = capacityOf(sizeClass);
    return adaptive ? Math.min(CEILING_FACTOR * fixed, MAX_CAPACITY) : fixed;
  }

  /** Least blocks that the capacity of a class may become. */
  int floorOf(int sizeClass) {
    int fixed = capacityOf(sizeClass);
    return adaptive ? Math.max(fixed / 2, MIN_CAPACITY) : fixed;
  }

  /** What all stacks of a cache have room for, in bytes; {@link #cacheBytes} may be less. */
  long capacityBytes() {
    long bytes = 0;
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      bytes += (long) capacityOf(c) * SizeClasses.bytes(c);
    }
    return bytes;
  }

  /** Blocks of a class that a refill asks the slabs for. */
  int refillOf(int sizeClass) {
    int wanted = SizeClasses.bytes(sizeClass) <= MAX_HOT_BYTES ? refillHot : refillMid;
    int byBytes = Math.max(MAX_REFILL_BYTES / SizeClasses.bytes(sizeClass), 1);
    return Math.min(Math.min(wanted, byBytes), capacityOf(sizeClass));
  }
}
