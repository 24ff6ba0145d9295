// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import io.hakmem.superslab.PageMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntBinaryOperator;

/** Which owner numbers have somebody behind them who will ask for their blocks again. */
public final class Owners {
  /*
   * A hint for placement. An owner who is asleep for good must not keep slabs from others, and no
   * magazine must wait for him; whoever acts on a stale answer only puts a block where it is found a
   * little later.
   */

  private static final int WORD_SHIFT = 5;

  // Made when the class is: a method reference is linked at its first use, and that may fail.
  private static final IntBinaryOperator ADD = Owners::with;
  private static final IntBinaryOperator REMOVE = Owners::without;

  private final AtomicIntegerArray present =
      new AtomicIntegerArray((PageMap.MAX_OWNER >>> WORD_SHIFT) + 1);

  /** Whether an owner is present; nobody is behind {@link PageMap#NO_OWNER}. */
  public boolean isPresent(int owner) {
    return ((present.getAcquire(owner >>> WORD_SHIFT) >>> owner) & 1) != 0;
  }

  public void arrive(int owner) {
    present.accumulateAndGet(owner >>> WORD_SHIFT, 1 << owner, ADD);
  }

  public void leave(int owner) {
    present.accumulateAndGet(owner >>> WORD_SHIFT, 1 << owner, REMOVE);
  }

  private static int with(int bits, int bit) {
    return bits | bit;
  }

  private static int without(int bits, int bit) {
    return bits & ~bit;
  }
}
