// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.guard;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.FreeResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A fixed number of pages for sampled blocks, one each. Any thread; one lock. */
public final class GuardedSlots {
  /*
   *   base
   *   |
   *   v  guard    slot 0   guard    slot 1   guard
   *   +--------+--------+--------+--------+--------+- ...
   *   |////////|    BBBB|////////|BBBB    |////////|        /: nobody may touch it
   *   +--------+--------+--------+--------+--------+- ...
   *
   * A block ends where its page does, as far as its alignment allows, or begins there: which one is
   * drawn. A slot whose block was freed is forbidden too, until all others have been used.
   *
   *   I1  a slot is permitted if and only if its block is live
   *   I2  a slot is in the queue if and only if it has no live block
   *
   * A slot that the system would not permit or forbid stays out of the queue for ever.
   */

  private static final int SLOTS = 64;
  private static final long GRANULE_BYTES = 16;

  private final OsMemory os;
  private final long pageBytes;
  private final long base;

  /** By slot; null for one that was never used. */
  private final @Nullable GuardedBlock[] blocks = new @Nullable GuardedBlock[SLOTS];

  /** Slots without a live block, the one that is so for longest first. */
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  private long samples;

  private GuardedSlots(OsMemory os, long base) {
    this.os = os;
    this.base = base;
    pageBytes = os.pageBytes();
    for (int slot = 0; slot < SLOTS; slot++) {
      free.add(slot);
    }
  }

  /** Slots in memory of their own; null if the source has none that can be forbidden. */
  public static @Nullable GuardedSlots create(OsMemory os) {
    long bytes = byteSize(os);
    long base = os.reserve(0, bytes);
    if (base == Memory.NULL) {
      return null;
    }
    if (!os.commit(base, bytes) || !os.forbid(base, bytes)) {
      boolean ignored = os.release(base, bytes);
      return null;
    }
    return new GuardedSlots(os, base);
  }

  private static long byteSize(OsMemory os) {
    return (2L * SLOTS + 1) * os.pageBytes();
  }

  /** What the blocks take of physical memory at most, in bytes. */
  public static long mostBytes(OsMemory os) {
    return (long) SLOTS * os.pageBytes();
  }

  /** Whether an address lies among the slots. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, (2L * SLOTS + 1) * pageBytes) < 0;
  }

  /** Whether a request fits into a slot. */
  public boolean fits(long byteSize, long alignment) {
    return byteSize <= pageBytes && alignment <= pageBytes;
  }

  /** A block that reads as zero; {@link Memory#NULL} if all slots are in use. */
  public long allocate(long byteSize, long alignment) {
    Throwable trace = trace("allocated");
    long requested = Math.max(byteSize, 1);
    boolean left = ThreadLocalRandom.current().nextBoolean();
    synchronized (this) {
      Integer slot = free.poll();
      if (slot == null || !os.permit(pageOf(slot), pageBytes, "hakmem guards")) {
        return Memory.NULL;
      }
      long end = pageOf(slot) + pageBytes - requested;
      long address = left ? pageOf(slot) : end & -Math.max(alignment, GRANULE_BYTES);
      blocks[slot] = new GuardedBlock(address, requested, trace, null);
      samples++;
      return address;
    }
  }

  /** Frees; a {@link FreeResult}. A {@code byteSize} that is negative is not said. */
  public int free(long address, long byteSize) {
    Throwable trace = trace("freed");
    synchronized (this) {
      int slot = slotOf(address);
      GuardedBlock block = blockAt(address);
      if (block == null || block.address() != address || block.freed() != null) {
        return explain(address);
      }
      if (byteSize >= 0 && Math.max(byteSize, 1) != block.byteSize()) {
        return FreeResult.WRONG_SIZE;
      }
      blocks[slot] = new GuardedBlock(address, block.byteSize(), block.allocated(), trace);
      if (os.forbid(pageOf(slot), pageBytes)) {
        free.add(slot);
      }
      return FreeResult.FREED;
    }
  }

  private static Throwable trace(String what) {
    return new Throwable(what + " by " + Thread.currentThread());
  }

  /** Bytes requested for the live block that starts at an address; 0 if none does. */
  public synchronized long usableSize(long address) {
    GuardedBlock block = blockAt(address);
    boolean live = block != null && block.address() == address && block.freed() == null;
    return block != null && live ? block.byteSize() : 0;
  }

  /** Why an address cannot be freed; a {@link FreeResult}. */
  public synchronized int explain(long address) {
    GuardedBlock block = blockAt(address);
    return block != null && block.freed() == null && block.contains(address)
        ? FreeResult.INTERIOR
        : FreeResult.NOT_ALLOCATED;
  }

  /** The last block of the slot nearest to an address; null if it is none of ours or unused. */
  public synchronized @Nullable GuardedBlock near(long address) {
    if (!contains(address)) {
      return null;
    }
    long page = (address - base) / pageBytes;
    boolean nearerBehind = (address - base) % pageBytes >= pageBytes / 2;
    long slot = page % 2 == 1 ? page / 2 : nearerBehind ? page / 2 : page / 2 - 1;
    return blocks[Math.clamp(slot, 0, SLOTS - 1)];
  }

  /** The last block of every slot that was used. */
  public synchronized List<GuardedBlock> all() {
    List<GuardedBlock> all = new ArrayList<>();
    for (GuardedBlock block : blocks) {
      if (block != null) {
        all.add(block);
      }
    }
    return all;
  }

  /** Blocks that were ever handed out. */
  public synchronized long samples() {
    return samples;
  }

  private @Nullable GuardedBlock blockAt(long address) {
    int slot = slotOf(address);
    return slot < 0 ? null : blocks[slot];
  }

  /** The slot whose page holds an address; -1 for a guard. */
  private int slotOf(long address) {
    long page = (address - base) / pageBytes;
    return contains(address) && page % 2 == 1 ? (int) (page / 2) : -1;
  }

  private long pageOf(int slot) {
    return base + (2L * slot + 1) * pageBytes;
  }

  /** Checks I2; throws {@link IllegalStateException}. */
  public synchronized void verify() {
    for (int slot : free) {
      GuardedBlock block = blocks[slot];
      Bits.require(block == null || block.freed() != null, "slot " + slot + " is free and live");
    }
  }
}
