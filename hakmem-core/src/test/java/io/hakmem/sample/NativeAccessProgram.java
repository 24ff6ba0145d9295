// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.sample;

import io.hakmem.Hakmem;
import io.hakmem.HakmemArena;
import io.hakmem.HakmemHeap;
import io.hakmem.NativeCallbacks;
import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.Arena;

/** Uses each part of hakmem once; outside of its module. */
public final class NativeAccessProgram {
  private NativeAccessProgram() {}

  /** Prints "done" and nothing else. */
  public static void main(String[] args) {
    long large = Hakmem.allocate(20 << 20);
    Hakmem.free(Hakmem.reallocate(large, 200 << 20)); // by way of mremap, on Linux
    Hakmem.free(Hakmem.allocateZeroed(60));
    Hakmem.free(Hakmem.allocateSegment(100).fill((byte) 1));
    Hakmem.free(Hakmem.allocateBuffer(100).putInt(0, 7));
    try (Arena arena = HakmemArena.ofConfined();
        Arena shared = HakmemArena.ofShared();
        HakmemHeap heap = HakmemHeap.create()) {
      arena.allocate(100);
      shared.allocate(100);
      heap.allocate(100);
    }
    if (NativeCallbacks.MALLOC.pointer().address() == 0) {
      throw new IllegalStateException("no pointer");
    }
    Hakmem.purge();
    HeapVerifier.verify();
    System.out.println("done");
  }
}
