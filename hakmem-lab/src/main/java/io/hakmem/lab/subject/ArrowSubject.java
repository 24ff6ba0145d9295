// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * Arrow's root allocator, one for all threads, as Arrow's documentation has it. It counts what each
 * buffer takes and the references to it, and makes new objects for each.
 */
public class ArrowSubject extends BufferSubject<ArrowBuf> {
  /** Apart, so that a subject with another root does not start this one. */
  private static final class Usual {
    static final BufferAllocator ROOT = new RootAllocator();

    private Usual() {}
  }

  private final BufferAllocator root;

  /** Opens it with room for the buffer of each slot. */
  public ArrowSubject(int slotCount) {
    this(slotCount, Usual.ROOT);
  }

  /** The same with another root. */
  ArrowSubject(int slotCount, BufferAllocator root) {
    super(SlotArrays.open(slotCount, ArrowBuf[]::new));
    this.root = root;
  }

  @Override
  final ArrowBuf open(long byteSize) {
    return root.buffer(byteSize);
  }

  @Override
  final long addressOf(ArrowBuf buffer) {
    return buffer.memoryAddress();
  }

  @Override
  final void release(ArrowBuf buffer) {
    buffer.close();
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    ArrowBuf buffer = keep(slot, byteSize);
    buffer.setZero(0, byteSize);
    return addressOf(buffer);
  }
}
