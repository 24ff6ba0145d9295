// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Freed blocks that are not to be had yet, bounded in bytes and number; for one thread at a time.
 */
final class Quarantine {
  /*
   * A bag rather than a queue: which one leaves is drawn, so that nobody can tell which freed block
   * comes back next. What a block's memory is in meanwhile, poisoned or forbidden, its holder knows.
   *
   *   I1  bytes is the sum of the sizes of the count blocks
   *   I2  when nobody is between claim and the last release of a free, bytes <= mostBytes and
   *       count <= mostBlocks
   *
   * Claimed for the few instructions of one free and released before anything that can block. What
   * claim (compare and set) acquires is what release (release) left: plain fields go with it. A monitor
   * would have a second atomic to leave it, which waits for every write before it: for all of the
   * poison of the block just freed.
   */

  private static final VarHandle CLAIMED;

  static {
    try {
      CLAIMED = MethodHandles.lookup().findVarHandle(Quarantine.class, "claimed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Stands for the class of a block that has none. */
  static final int NO_CLASS = 0;

  private static final int FIRST_BLOCKS = 64;
  private static final int CLASS_BITS = 8;

  /** The part that is left for blocks to be of different sizes. */
  private static final int DUE_PART = 8;

  @SuppressWarnings("unused") // by CLAIMED
  private boolean claimed;

  private final long mostBytes;

  /**
   * Above this one block leaves for each that comes, and hardly ever none or two: whether one
   * leaves is no question that the processor has to guess.
   */
  private final long dueBytes;

  private final int mostBlocks;
  private final SplittableRandom random = new SplittableRandom();

  /**
   * Two a block, so that who is drawn costs one cache line: address, and as described. One more
   * than {@code count} has room, for what was just taken.
   */
  private long[] entries = new long[2 * FIRST_BLOCKS];

  private int count;
  private long bytes;

  /** Blocks of each class; those that have none are counted as class 0. */
  private final int[] blocks = new int[SizeClasses.MAX_CLASS + 1];

  Quarantine(long mostBytes, int mostBlocks) {
    this.mostBytes = mostBytes;
    dueBytes = mostBytes - mostBytes / DUE_PART;
    this.mostBlocks = mostBlocks;
  }

  // ---- what a block is described by

  /** One of a class by what was requested, one of {@link #NO_CLASS} by all its bytes. */
  static long describe(long bytes, int sizeClass) {
    return (bytes << CLASS_BITS) | sizeClass;
  }

  static int sizeClass(long what) {
    return (int) what & ((1 << CLASS_BITS) - 1);
  }

  static long bytes(long what) {
    return what >>> CLASS_BITS;
  }

  /** Bytes of memory that a block takes. */
  private static long heldBytes(long what) {
    int sizeClass = sizeClass(what);
    return sizeClass == NO_CLASS ? bytes(what) : SizeClasses.bytes(sizeClass);
  }

  // ---- any thread

  /** Claims it, however long that takes; no other one may be claimed by the caller. */
  @SuppressWarnings("ThreadPriorityCheck") // its holder needs a processor to be done with it
  void claim() {
    while (!CLAIMED.compareAndSet(this, false, true)) {
      Thread.yield();
    }
  }

  void release() {
    CLAIMED.setRelease(this, false);
  }

  /** Whether a block may be kept at all. */
  boolean admits(long byteSize) {
    return byteSize <= mostBytes;
  }

  // ---- by whoever claimed it

  /** Takes a block in; false if it cannot, as the Java heap is full. */
  boolean add(long address, long what) {
    int at = 2 * count;
    if (at + 2 >= entries.length && !grow()) {
      return false;
    }
    entries[at] = address;
    entries[at + 1] = what;
    count++;
    bytes += heldBytes(what);
    blocks[sizeClass(what)]++;
    return true;
  }

  private boolean grow() {
    try {
      entries = Arrays.copyOf(entries, 2 * entries.length);
      return true;
    } catch (OutOfMemoryError noArray) {
      return false;
    }
  }

  /** Whether a block has to leave. */
  boolean isOver() {
    return bytes > mostBytes || count > mostBlocks;
  }

  /** Lets a block go that is too much, drawn at random; {@link Memory#NULL} if none is. */
  long takeExcess() {
    return isOver() ? takeDrawn() : Memory.NULL;
  }

  /** Lets one go, drawn at random, for one just added; {@link Memory#NULL} while there is room. */
  long takeDue() {
    return bytes > dueBytes || count > mostBlocks ? takeDrawn() : Memory.NULL;
  }

  /** Lets any block go; {@link Memory#NULL} if there is none. */
  long takeAny() {
    return count == 0 ? Memory.NULL : take(count - 1);
  }

  private long takeDrawn() {
    return take((int) Math.unsignedMultiplyHigh(random.nextLong(), count));
  }

  private long take(int i) {
    final long address = entries[2 * i];
    final long what = entries[2 * i + 1];
    count--;
    bytes -= heldBytes(what);
    blocks[sizeClass(what)]--;
    entries[2 * i] = entries[2 * count];
    entries[2 * i + 1] = entries[2 * count + 1];
    entries[2 * count + 1] = what; // for taken
    return address;
  }

  /** What the block that was taken last is described by. */
  long taken() {
    return entries[2 * count + 1];
  }

  // ---- any thread that claimed none

  /** Bytes of the blocks in it. */
  long bytes() {
    claim();
    long all = bytes;
    release();
    return all;
  }

  /** Blocks of a class in it, or for class 0 of none. */
  int blocks(int sizeClass) {
    claim();
    int all = blocks[sizeClass];
    release();
    return all;
  }

  /** Java heap that it takes, in bytes, without object headers. */
  long heapBytes() {
    claim();
    long all = (long) Long.BYTES * entries.length + (long) Integer.BYTES * blocks.length;
    release();
    return all;
  }

  /** Checks I1 and I2, and that every block is marked; throws {@link IllegalStateException}. */
  void verify(BlockRecords records) {
    claim();
    try {
      check(records);
    } finally {
      release();
    }
  }

  private void check(BlockRecords records) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += heldBytes(entries[2 * i + 1]);
      Bits.require(
          BlockRecords.state(records.get(entries[2 * i])) == BlockRecords.QUARANTINED,
          "the block at 0x"
              + Long.toHexString(entries[2 * i])
              + " is in quarantine but not marked");
    }
    Bits.require(sum == bytes, "quarantine of " + bytes + " bytes, found " + sum);
    Bits.require(
        !isOver(),
        "quarantine of " + bytes + " bytes in " + count + " blocks; it may hold " + mostBytes);
  }
}
