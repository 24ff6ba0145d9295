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
   * Above this one block leaves for each that comes and takes its place, and hardly ever none or
   * two: whether one leaves is no question that the processor has to guess.
   */
  private final long dueBytes;

  private final int mostBlocks;
  private final SplittableRandom random = new SplittableRandom();

  /** Two a block, so that who is drawn costs one cache line: address, and as described. */
  private long[] entries = new long[2 * FIRST_BLOCKS];

  private int count;
  private long bytes;

  /** What the block that left last is described by. */
  private long taken;

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

  /**
   * Takes a block in and lets another one go for it, drawn at random; {@link Memory#NULL} while
   * there is room, the same block if it cannot be taken in, as the Java heap is full.
   */
  long exchange(long address, long what) {
    long all = bytes + heldBytes(what);
    if (count == 0 || (all <= dueBytes && count < mostBlocks)) {
      taken = what;
      return add(address, what) ? Memory.NULL : address;
    }
    int at = 2 * drawn();
    long leaving = entries[at];
    taken = entries[at + 1];
    entries[at] = address;
    entries[at + 1] = what;
    bytes = all - heldBytes(taken);
    return leaving;
  }

  /** Takes a block in; false if it cannot, as the Java heap is full. */
  boolean add(long address, long what) {
    int at = 2 * count;
    if (at == entries.length && !grow()) {
      return false;
    }
    entries[at] = address;
    entries[at + 1] = what;
    count++;
    bytes += heldBytes(what);
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

  private int drawn() {
    return (int) Math.unsignedMultiplyHigh(random.nextLong(), count);
  }

  /** Whether a block has to leave. */
  boolean isOver() {
    return bytes > mostBytes || count > mostBlocks;
  }

  /** Lets a block go that is too much, drawn at random; {@link Memory#NULL} if none is. */
  long takeExcess() {
    return isOver() ? take(drawn()) : Memory.NULL;
  }

  /** Lets any block go; {@link Memory#NULL} if there is none. */
  long takeAny() {
    return count == 0 ? Memory.NULL : take(count - 1);
  }

  private long take(int i) {
    final long address = entries[2 * i];
    taken = entries[2 * i + 1];
    count--;
    bytes -= heldBytes(taken);
    entries[2 * i] = entries[2 * count];
    entries[2 * i + 1] = entries[2 * count + 1];
    return address;
  }

  /** What the block that was taken last is described by. */
  long taken() {
    return taken;
  }

  // ---- any thread that claimed none

  /** Bytes of the blocks in it. */
  long bytes() {
    claim();
    long all = bytes;
    release();
    return all;
  }

  /** Adds the blocks in it to a number for each class, of which 0 is those of none. */
  void count(long[] byClass) {
    claim();
    for (int i = 0; i < count; i++) {
      byClass[sizeClass(entries[2 * i + 1])]++;
    }
    release();
  }

  /** Java heap that it takes, in bytes, without object headers. */
  long heapBytes() {
    claim();
    long all = (long) Long.BYTES * entries.length;
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
