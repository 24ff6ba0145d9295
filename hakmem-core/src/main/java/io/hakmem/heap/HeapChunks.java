// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.heap;

import org.jspecify.annotations.Nullable;

/** The chunks of one heap by address. */
final class HeapChunks {
  /*
   * A hash table with open addressing by window, 32 KiB of address space: a chunk has that size and
   * alignment, or is the one small chunk with which a heap begins.
   *
   *   I1  no two chunks lie in one window
   *   I2  at most half of the table is in use
   *
   * Chunks are added under the heap's lock and forgotten only all at once. Read without a lock: whoever
   * looks for a block got its address from a thread that had added the chunk before.
   */

  static final int WINDOW_SHIFT = 15;

  private static final int FIRST_LENGTH = 2;

  /** Never written to: a chunk more would fill more than half of it. */
  private static final @Nullable HeapChunk[] NONE = new @Nullable HeapChunk[1];

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private volatile @Nullable HeapChunk[] table = new @Nullable HeapChunk[FIRST_LENGTH];
  private int count;

  /** The chunk that contains an address, or null. Any thread. */
  @Nullable HeapChunk find(long address) {
    @Nullable HeapChunk[] chunks = table;
    int mask = chunks.length - 1;
    int i = slot(address, mask);
    HeapChunk chunk = chunks[i];
    while (chunk != null && !chunk.contains(address)) {
      i = (i + 1) & mask;
      chunk = chunks[i];
    }
    return chunk;
  }

  /** Adds a chunk. Under the heap's lock. */
  void add(HeapChunk chunk) {
    @Nullable HeapChunk[] chunks = table;
    if (2 * (count + 1) > chunks.length) {
      @Nullable HeapChunk[] larger = new @Nullable HeapChunk[2 * chunks.length];
      for (HeapChunk each : chunks) {
        if (each != null) {
          put(larger, each);
        }
      }
      put(larger, chunk);
      table = larger;
    } else {
      put(chunks, chunk);
    }
    count++;
  }

  /** Forgets all chunks. Under the heap's lock. */
  void clear() {
    table = NONE;
    count = 0;
  }

  /** All slots, null where there is no chunk. */
  @Nullable HeapChunk[] slots() {
    return table;
  }

  private static void put(@Nullable HeapChunk[] chunks, HeapChunk chunk) {
    int mask = chunks.length - 1;
    int i = slot(chunk.base(), mask);
    while (chunks[i] != null) {
      i = (i + 1) & mask;
    }
    chunks[i] = chunk;
  }

  private static int slot(long address, int mask) {
    return (int) (((address >>> WINDOW_SHIFT) * GOLDEN) >>> 32) & mask;
  }
}
