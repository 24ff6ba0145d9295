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

  // Where what changes is in state.
  private static final int NEXT = 0;
  private static final int KEPT = 1; // which fifth stays next
  private static final int KEPT_FROM = 2;
  private static final int KEPT_TO = 3;
  private static final int STATES = 4;

  private final long[] blocks;
  private final int firstSlot;
  private final PaddedLongs state = new PaddedLongs(STATES);

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

  /**
   * Makes room if there is none; the first of the free places. A caller takes a row of them, and
   * fills it with what changes in its own variables, as a C compiler would keep it in registers.
   */
  int room(Subject subject) {
    int next = get(NEXT);
    if (next == get(KEPT_FROM)) {
      next = get(KEPT_TO);
    }
    return next == blocks.length ? slide(subject) : next;
  }

  /** Takes the free places that follow one another from this one on, at most so many; their end. */
  int take(int place, int most) {
    int end = place < get(KEPT_FROM) ? get(KEPT_FROM) : blocks.length;
    int taken = Math.min(end, place + most);
    state.set(NEXT, taken);
    return taken;
  }

  /** Allocates a block, writes its first and last byte, and keeps it at a free place. */
  void allocate(Subject subject, int place, int size) {
    long address = subject.allocate(firstSlot + place, size);
    RawMemory.putByte(address, (byte) size);
    RawMemory.putByte(address + size - 1, (byte) size);
    blocks[place] = address;
  }

  private int get(int index) {
    return (int) state.get(index);
  }

  /** Makes room; where the next block goes. */
  private int slide(Subject subject) {
    long kept = state.get(KEPT);
    int keptFrom = (int) (kept * blocks.length / PARTS);
    int keptTo = (int) ((kept + 1) * blocks.length / PARTS);
    for (int i = 0; i < keptFrom; i++) {
      free(subject, i);
    }
    for (int i = blocks.length - 1; i >= keptTo; i--) {
      free(subject, i);
    }
    state.set(KEPT, (kept + 1) % PARTS);
    state.set(KEPT_FROM, keptFrom);
    state.set(KEPT_TO, keptTo);
    return keptFrom == 0 ? keptTo : 0;
  }

  /** Frees all that is left, in order. */
  void clear(Subject subject) {
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i] != 0) {
        free(subject, i);
      }
    }
    for (int i = 0; i < STATES; i++) {
      state.set(i, 0);
    }
  }

  private void free(Subject subject, int i) {
    subject.free(firstSlot + i, blocks[i]);
    blocks[i] = 0;
  }
}
