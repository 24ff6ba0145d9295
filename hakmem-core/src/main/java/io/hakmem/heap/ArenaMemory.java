// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.heap;

import io.hakmem.control.Allocator;
import io.hakmem.event.CallObserver;
import io.hakmem.event.Calls;
import io.hakmem.front.FrontCache;
import io.hakmem.front.ZeroedBlock;
import io.hakmem.memory.Bits;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.Region;
import org.jspecify.annotations.Nullable;

/** Zeroed memory for one arena. One thread at a time. */
public final class ArenaMemory {
  /*
   * Small requests are cut from a chunk, one behind the other; large ones get blocks of their own:
   *
   *   chunk            position           limit
   *   |                |                  |
   *   v                v                  v
   *   +-------+----+---+------------------+
   *   | handed out     | all zero         |
   *   +-------+----+---+------------------+
   *
   * A confined arena begins with the zeroed block of its thread, if that is at home, and brings it back
   * at the end: only what was handed out has to be zeroed again. Where opening, a few requests and
   * closing are inlined into one method and no slow half was ever called, nothing escapes, and C2
   * makes no object at all, neither ours nor the JDK's. So the ways there are kept short.
   *
   *   I1  position and limit are multiples of 16; both are 0 without a chunk and after release
   *   I2  the thread's zeroed block and every block in the list are live and sealed
   *   I3  the bytes from position to limit are zero
   */

  private static final int FIRST_CHUNK_BYTES = 1 << 10;
  private static final int MAX_CHUNK_BYTES = SizeClasses.MAX_BYTES;
  private static final int CHUNK_GROWTH = 4;

  /**
   * Larger requests get a block of their own, so that at most a quarter of a chunk is left over.
   */
  private static final int MAX_CUT_BYTES = MAX_CHUNK_BYTES / 4;

  /** A block of hakmem's in the hands of an arena. */
  public static final class Block {
    private long address;
    private @Nullable Block previous;

    private Block() {}
  }

  private final Allocator allocator;

  /** Where the thread keeps its zeroed block; null for arenas of all threads. */
  private final @Nullable ZeroedBlock zeroed;

  /** That block while this arena has it. */
  private long first;

  private long position;
  private long limit;
  private int chunkBytes = FIRST_CHUNK_BYTES;
  private @Nullable Block last;

  /** Memory for an arena of the thread that owns a cache, or with null for any thread. */
  public ArenaMemory(Allocator allocator, @Nullable FrontCache cache) {
    this.allocator = allocator;
    zeroed = cache == null ? null : cache.zeroed();
    long block = zeroed == null ? Memory.NULL : zeroed.take();
    first = block;
    position = block;
    limit = block == Memory.NULL ? Memory.NULL : block + ZeroedBlock.BYTES;
  }

  /**
   * Cuts zeroed memory from the chunk at hand; {@link Memory#NULL} if that has no room, the size is
   * not positive, or the alignment is none of 1, 2, 4, 8, 16.
   */
  @HotPath
  public long cut(long byteSize, long alignment) {
    long start = position;
    // One less on both sides: a size of 0 becomes the largest of all.
    if (Long.compareUnsigned(byteSize - 1, limit - start) >= 0
        || !Bits.isPowerOfTwo(alignment)
        || alignment > Region.GRANULE_BYTES) {
      return Memory.NULL;
    }
    position = start + Bits.alignUp(byteSize, Region.GRANULE_BYTES);
    return start;
  }

  /**
   * Allocates zeroed memory; {@link Memory#NULL} if none is to be had.
   *
   * @param byteSize positive
   * @param alignment a power of two
   */
  public long allocate(long byteSize, long alignment) {
    if (isLarge(byteSize, alignment)) {
      Block block = allocateBlock(byteSize, alignment);
      return block == null ? Memory.NULL : keep(block);
    }
    long start = Bits.alignUp(position, alignment);
    if (start > limit || byteSize > limit - start) {
      start = newChunk(Math.max(byteSize, alignment), alignment);
      if (start == Memory.NULL) {
        return Memory.NULL;
      }
    }
    position = start;
    return cut(byteSize, 1);
  }

  /** Begins a chunk that holds at least {@code byteSize}; its address. */
  private long newChunk(long byteSize, long alignment) {
    boolean keeps = zeroed != null && !zeroed.exists() && allocator.hardened() == null;
    ZeroedBlock home = keeps ? zeroed : null;
    long wanted = Long.highestOneBit(2 * byteSize - 1);
    int bytes = home != null ? ZeroedBlock.BYTES : (int) Math.max(wanted, chunkBytes);
    // Plain blocks of a power of two lie at multiples of it, aligned for every request they hold.
    Block chunk = allocateBlock(bytes, Math.min(alignment, allocator.naturalAlignment(bytes)));
    if (chunk == null) {
      return Memory.NULL;
    }
    if (home != null) {
      home.noteTaken();
      first = chunk.address;
      allocator.classifier().seal(first);
    } else {
      keep(chunk);
    }
    limit = chunk.address + bytes;
    chunkBytes = Math.min(CHUNK_GROWTH * bytes, MAX_CHUNK_BYTES);
    return chunk.address;
  }

  // ---- whole blocks

  /** Whether a request gets a block of its own. */
  public static boolean isLarge(long byteSize, long alignment) {
    return byteSize > MAX_CUT_BYTES || alignment > MAX_CUT_BYTES;
  }

  /** A zeroed block that nobody keeps yet; null if no memory is to be had. Any thread. */
  public @Nullable Block allocateBlock(long byteSize, long alignment) {
    Block block = new Block(); // first, for it may fail
    block.address = allocator.allocate(byteSize, alignment, true);
    return block.address == Memory.NULL ? null : block;
  }

  /** Makes a block part of the arena; its address. */
  public long keep(Block block) {
    block.previous = last;
    last = block;
    CallObserver calls = Calls.observer();
    if (calls != null) {
      calls.belongsTo(this, block.address);
    }
    allocator.classifier().seal(block.address);
    return block.address;
  }

  /** Frees a block that was not kept. Any thread. */
  public void discard(Block block) {
    allocator.discard(block.address);
  }

  /** Frees everything. */
  public void release() {
    if (first != Memory.NULL && zeroed != null) {
      releaseFirst(zeroed);
    }
    position = Memory.NULL;
    limit = Memory.NULL;
    if (last != null) {
      releaseBlocks();
    }
  }

  private void releaseFirst(ZeroedBlock home) {
    long block = first;
    first = Memory.NULL;
    long used = limit - block == ZeroedBlock.BYTES ? position - block : ZeroedBlock.BYTES;
    CBytes.fill(block, used, (byte) 0);
    if (!home.bringBack(block)) {
      free(block);
    }
  }

  private void releaseBlocks() {
    for (Block block = last; block != null; block = block.previous) {
      free(block.address);
    }
    last = null;
  }

  private void free(long address) {
    allocator.classifier().unseal(address);
    allocator.discard(address);
  }
}
