// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A sum to which any thread adds, most without an atomic: a {@link LongAdder} costs one even where
 * nobody else is near.
 */
final class BiasedAdder {
  /*
   * Cells in one array, two cache lines apart; a thread's is chosen by the last bits of its id:
   *
   *     cell + OWNER: id of the thread that alone may write the cell; ids are not used again
   *     cell + SUM:   what its owners have added, one after the other
   *
   *   I1  of the threads alive, only the one whose id is in the cell writes to it
   *   I2  the result is the sum of the cells and of what those without one added
   *
   * A platform thread claims its cell when it comes first, or when the owner has ended, whose sum goes
   * on; what an ended thread wrote is visible to whoever knows of its end. Virtual threads are too many
   * and end too soon to own anything.
   */

  private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);

  /** A power of two. */
  static final int CELLS = 64;

  private static final int CELL_SHIFT = 4;
  private static final int OWNER = 0;
  private static final int SUM = 1;

  private final long[] cells = new long[CELLS << CELL_SHIFT];
  private final AtomicReferenceArray<@Nullable WeakReference<Thread>> owners =
      new AtomicReferenceArray<>(CELLS);
  private final LongAdder others = new LongAdder();

  void add(long value) {
    Thread thread = Thread.currentThread();
    long id = thread.threadId();
    int cell = ((int) id & (CELLS - 1)) << CELL_SHIFT;
    if (cells[cell + OWNER] == id || claim(thread, cell)) {
      LONG.setOpaque(cells, cell + SUM, cells[cell + SUM] + value);
    } else {
      others.add(value);
    }
  }

  private boolean claim(Thread thread, int cell) {
    int index = cell >>> CELL_SHIFT;
    WeakReference<Thread> owner = owners.get(index);
    if (thread.isVirtual()
        || isAlive(owner)
        || !owners.compareAndSet(index, owner, new WeakReference<>(thread))) {
      return false;
    }
    cells[cell + OWNER] = thread.threadId();
    return true;
  }

  /** A thread that is collected has ended. */
  private static boolean isAlive(@Nullable WeakReference<Thread> owner) {
    Thread thread = owner == null ? null : owner.get();
    return thread != null && thread.isAlive();
  }

  /** Exact as soon as nobody adds. */
  long sum() {
    long sum = others.sum();
    for (int cell = 0; cell < cells.length; cell += 1 << CELL_SHIFT) {
      sum += (long) LONG.getOpaque(cells, cell + SUM);
    }
    return sum;
  }
}
