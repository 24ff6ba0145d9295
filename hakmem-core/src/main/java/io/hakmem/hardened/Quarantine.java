// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Freed blocks that are not to be had yet, bounded in bytes and number. Any thread. */
final class Quarantine {
  /*
   * A bag rather than a queue: which one leaves is drawn, so that nobody can tell which freed block
   * comes back next. What a block's memory is in meanwhile, poisoned or forbidden, its holder knows.
   *
   *   I1  bytes is the sum of byteSizes[0 ... count)
   *   I2  after takeExcess said that there is none, bytes <= mostBytes and count <= mostBlocks
   */

  private static final int FIRST_LENGTH = 64;

  private final long mostBytes;
  private final int mostBlocks;
  private final SplittableRandom random = new SplittableRandom();

  private long[] addresses = new long[FIRST_LENGTH];
  private long[] byteSizes = new long[FIRST_LENGTH];
  private byte[] kinds = new byte[FIRST_LENGTH];
  private int count;
  private long bytes;

  /** Blocks of each class; those that have none are counted as class 0. */
  private final int[] blocks = new int[SizeClasses.MAX_CLASS + 1];

  Quarantine(long mostBytes, int mostBlocks) {
    this.mostBytes = mostBytes;
    this.mostBlocks = mostBlocks;
  }

  /** Whether a block may be kept at all. */
  boolean admits(long byteSize) {
    return byteSize <= mostBytes;
  }

  /** Takes a block in; false if it cannot, as it is too large or the Java heap is full. */
  synchronized boolean add(long address, long byteSize, int sizeClass) {
    if (!admits(byteSize) || (count == addresses.length && !grow())) {
      return false;
    }
    addresses[count] = address;
    byteSizes[count] = byteSize;
    kinds[count] = (byte) sizeClass;
    count++;
    bytes += byteSize;
    blocks[sizeClass]++;
    return true;
  }

  private boolean grow() {
    try {
      long[] moreAddresses = Arrays.copyOf(addresses, 2 * count);
      long[] moreSizes = Arrays.copyOf(byteSizes, 2 * count);
      kinds = Arrays.copyOf(kinds, 2 * count);
      addresses = moreAddresses;
      byteSizes = moreSizes;
      return true;
    } catch (OutOfMemoryError noArrays) {
      return false;
    }
  }

  /** Lets a block go that is too much, drawn at random; {@link Memory#NULL} if none is. */
  synchronized long takeExcess() {
    return bytes > mostBytes || count > mostBlocks ? take(random.nextInt(count)) : Memory.NULL;
  }

  /** Lets any block go; {@link Memory#NULL} if there is none. */
  synchronized long takeAny() {
    return count == 0 ? Memory.NULL : take(count - 1);
  }

  private long take(int i) {
    final long address = addresses[i];
    count--;
    bytes -= byteSizes[i];
    blocks[kinds[i]]--;
    addresses[i] = addresses[count];
    byteSizes[i] = byteSizes[count];
    kinds[i] = kinds[count];
    return address;
  }

  /** Bytes of the blocks in it. */
  synchronized long bytes() {
    return bytes;
  }

  /** Blocks of a class in it, or for class 0 of none. */
  synchronized int blocks(int sizeClass) {
    return blocks[sizeClass];
  }

  /** Java heap that it takes, in bytes, without object headers. */
  synchronized long heapBytes() {
    return (2L * Long.BYTES + 1) * addresses.length + (long) Integer.BYTES * blocks.length;
  }

  /** Checks I1 and I2, and that every block is marked; throws {@link IllegalStateException}. */
  synchronized void verify(BlockRecords records) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += byteSizes[i];
      Bits.require(
          BlockRecords.state(records.get(addresses[i])) == BlockRecords.QUARANTINED,
          "the block at 0x" + Long.toHexString(addresses[i]) + " is in quarantine but not marked");
    }
    Bits.require(sum == bytes, "quarantine of " + bytes + " bytes, found " + sum);
    Bits.require(
        bytes <= mostBytes && count <= mostBlocks,
        "quarantine of " + bytes + " bytes in " + count + " blocks; it may hold " + mostBytes);
  }
}
