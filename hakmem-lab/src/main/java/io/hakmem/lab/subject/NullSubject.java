// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Hands out one fixed block and forgets it: what remains is the cost of the workload itself. */
public final class NullSubject extends Subject {
  // Large and aligned enough for the first bytes that workloads write.
  private static final long BLOCK = Arena.global().allocate(4096, 4096).address();

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

  /** Opens it; nothing is kept beside the blocks. */
  @SuppressWarnings("unused") // every subject is opened with the number of slots
  public NullSubject(int slotCount) {}

  @Override
  public long allocate(int slot, long byteSize) {
    return BLOCK;
  }

  @Override
  public void free(int slot, long address) {
    FREED.setOpaque(this, address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return BLOCK;
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return BLOCK;
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    return BLOCK;
  }
}
