// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import java.lang.foreign.Arena;

/** Has the accessors of memory compiled while the allocator is being built. */
final class Warmup implements Runnable {
  /*
   * Every step of the allocator reads and writes memory through some ten methods each of the
   * foreign-memory API, which the interpreter takes about a microsecond for. Binding the system's
   * functions takes longer than compiling these, and uses one core: so a second one does it
   * meanwhile, and binds what fills memory. The first operations of a program then run twice as fast
   * (see DECISIONS.md).
   */

  /** Enough for the last tier of compilation, which begins at 5,000 calls of a method. */
  private static final int ROUNDS = 10_000;

  private static final int SCRATCH_BYTES = 64;

  private Warmup() {}

  /** A daemon thread that ends within some tens of milliseconds of its start. */
  static Thread thread() {
    Thread thread = new Thread(null, new Warmup(), "hakmem-warmup", 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }

  @Override
  public void run() {
    try (Arena arena = Arena.ofConfined()) {
      long scratch = arena.allocate(SCRATCH_BYTES, Long.BYTES).address();
      for (int i = 0; i < ROUNDS; i++) {
        Memory.exercise(scratch);
        CBytes.fill(scratch, SCRATCH_BYTES, (byte) 0);
      }
    }
  }
}
