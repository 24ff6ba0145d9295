// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import java.util.stream.IntStream;

/** The blocks of one thread of sh6-like and sh8-like. */
final class SlidingWindow {
  /*
   * A buffer that is filled from the left. When it is full, a fifth stays, the next one each time;
   * what lies below is freed in the order in which it was allocated, what lies above in reverse.
   * Then it is filled again, around the fifth that stayed.
   *
   *   0              keptFrom       keptTo                      blocks.length
   *   +-- first in, first out --+---- stays ----+-- last in, first out --+
   *   |  freed -->              |               |              <-- freed |
   */

  static final int LEAST_BLOCKS = 5;

  private static final int PARTS = 5;

  private final long[] blocks;
  private final int firstSlot;
  private int next;
  private int kept; // which fifth stays next
  private int keptFrom;
  private int keptTo;

  SlidingWindow(int size, int firstSlot) {
    blocks = new long[size];
    this.firstSlot = firstSlot;
  }

  /** The windows of so many threads, which together keep so many blocks. */
  static SlidingWindow[] split(int slots, int threads) {
    int each = slots / threads;
    return IntStream.range(0, threads)
        .mapToObj(i -> new SlidingWindow(each, i * each))
        .toArray(SlidingWindow[]::new);
  }

  /** Allocates a block, writes its first and last byte, and keeps it. */
  void allocate(Subject subject, int size) {
    if (next == keptFrom) {
      next = keptTo;
    }
    if (next == blocks.length) {
      slide(subject);
    }
    long address = subject.allocate(firstSlot + next, size);
    RawMemory.putByte(address, (byte) size);
    RawMemory.putByte(address + size - 1, (byte) size);
    blocks[next++] = address;
  }

  private void slide(Subject subject) {
    keptFrom = (int) ((long) kept * blocks.length / PARTS);
    keptTo = (int) ((kept + 1L) * blocks.length / PARTS);
    for (int i = 0; i < keptFrom; i++) {
      free(subject, i);
    }
    for (int i = blocks.length - 1; i >= keptTo; i--) {
      free(subject, i);
    }
    next = keptFrom == 0 ? keptTo : 0;
    kept = (kept + 1) % PARTS;
  }

  /** Frees all that is left, in order. */
  void clear(Subject subject) {
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i] != 0) {
        free(subject, i);
      }
    }
    next = 0;
    kept = 0;
    keptFrom = 0;
    keptTo = 0;
  }

  private void free(Subject subject, int i) {
    subject.free(firstSlot + i, blocks[i]);
    blocks[i] = 0;
  }
}
