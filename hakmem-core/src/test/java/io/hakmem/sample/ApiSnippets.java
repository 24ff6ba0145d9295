// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.sample;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hakmem.Hakmem;
import io.hakmem.HakmemArena;
import io.hakmem.HakmemConfig;
import io.hakmem.HakmemHandle;
import io.hakmem.HakmemHeap;
import io.hakmem.InvalidFreeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** What the Javadoc of the public classes shows. */
final class ApiSnippets {
  private ApiSnippets() {}

  static void blocks() {
    // @start region="blocks"
    long address = Hakmem.allocate(100); // not zeroed
    address = Hakmem.reallocate(address, 200); // contents are kept
    Hakmem.free(address); // from any thread

    MemorySegment segment = Hakmem.allocateSegment(100);
    segment.set(JAVA_LONG, 0, 42);
    Hakmem.free(segment);

    ByteBuffer buffer = Hakmem.allocateBuffer(100);
    buffer.putLong(0, 42);
    Hakmem.free(buffer);
    // @end
  }

  static InvalidFreeException.Kind freedTwice(long address) {
    // @start region="freed-twice"
    Hakmem.free(address);
    try {
      Hakmem.free(address);
    } catch (InvalidFreeException refused) {
      return refused.kind(); // NOT_ALLOCATED; nothing was changed
    }
    // @end
    throw new AssertionError("freed twice");
  }

  static long arena() {
    // @start region="arena"
    try (Arena arena = HakmemArena.ofConfined()) {
      MemorySegment numbers = arena.allocate(JAVA_LONG, 100); // zeroed
      numbers.setAtIndex(JAVA_LONG, 7, 42);
      return numbers.getAtIndex(JAVA_LONG, 7);
    } // the segments die here
    // @end
  }

  static void heap() {
    // @start region="heap"
    try (HakmemHeap heap = HakmemHeap.create()) {
      long node = heap.allocate(64);
      heap.allocate(1000);
      heap.free(node);
    } // whatever is left is freed here
    // @end
  }

  static void handle() {
    // @start region="handle"
    HakmemHandle handle = Hakmem.handle(); // once in this thread, for example of an event loop
    for (int i = 0; i < 1000; i++) {
      handle.free(handle.allocate(64));
    }
    // @end
  }

  static void configure() {
    // @start region="configure"
    Hakmem.configure( // before anything is allocated
        HakmemConfig.DEFAULT.withLimitBytes(1L << 30).withPurgeDelayMillis(100));
    // @end
  }
}
