// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Hands out one fixed block of each thread and forgets it: what remains is the cost of the workload
 * itself.
 */
public final class NullSubject extends Subject {
  /** Large enough for what workloads write that do not need blocks of their own. */
  static final int BLOCK_BYTES = 1 << 18;

  // Threads that write to the same block would be charged for the cache lines they share; threads
  // that live one after the other may use the same.
  private static final long[] BLOCKS = new long[64];
  private static int opened;

  /*
   * Every free stores the address where the compiler must assume that somebody looks: it would
   * remove the whole loop of a workload that touches nothing, and the cost of the loop would be
   * told as zero. One store is less than the call that the null allocator in C costs.
   */
  private static final VarHandle FREED;

  static {
    try {
      FREED = MethodHandles.lookup().findVarHandle(NullSubject.class, "freed", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // by FREED
  private long freed;

  private final long block;

  /** Opens it; nothing is kept beside the block. */
  @SuppressWarnings("unused") // every subject is opened with the number of slots
  public NullSubject(int slotCount) {
    block = nextBlock();
  }

  private static synchronized long nextBlock() {
    int index = opened++ % BLOCKS.length;
    if (BLOCKS[index] == 0) {
      BLOCKS[index] = Arena.global().allocate(BLOCK_BYTES, 4096).address();
    }
    return BLOCKS[index];
  }

  @Override
  public long allocate(int slot, long byteSize) {
    return block;
  }

  @Override
  public void free(int slot, long address) {
    FREED.setOpaque(this, address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return block;
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return block;
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    return block;
  }
}
