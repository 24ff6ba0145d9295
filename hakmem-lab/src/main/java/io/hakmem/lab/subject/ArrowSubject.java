// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.util.Objects;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Arrow's root allocator, one for all threads, as Arrow's documentation has it. It counts what each
 * buffer takes and the references to it, and makes new objects for each.
 */
public class ArrowSubject extends Subject {
  /** Apart, so that a subject with another root does not start this one. */
  private static final class Usual {
    static final BufferAllocator ROOT = new RootAllocator();

    private Usual() {}
  }

  private final BufferAllocator root;
  private final @Nullable ArrowBuf[] buffers;

  /** Opens it with room for the buffer of each slot. */
  public ArrowSubject(int slotCount) {
    this(slotCount, Usual.ROOT);
  }

  /** The same with another root. */
  ArrowSubject(int slotCount, BufferAllocator root) {
    this.root = root;
    buffers = SlotArrays.open(slotCount, ArrowBuf[]::new);
  }

  @Override
  public long allocate(int slot, long byteSize) {
    ArrowBuf buffer = root.buffer(byteSize);
    buffers[slot] = buffer;
    return buffer.memoryAddress();
  }

  @Override
  public void free(int slot, long address) {
    kept(slot).close();
    buffers[slot] = null;
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    long address = allocate(slot, byteSize);
    kept(slot).setZero(0, byteSize);
    return address;
  }

  /** There is no alignment to ask for: ask for that much more. */
  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return RawMemory.alignUp(allocate(slot, byteSize + alignment), alignment);
  }

  /** A buffer cannot resize: allocate, copy, close the old one, as Arrow's vectors do. */
  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    ArrowBuf old = kept(slot);
    long moved = allocate(slot, newByteSize);
    RawMemory.copy(address, moved, Math.min(oldByteSize, newByteSize));
    old.close();
    return moved;
  }

  private ArrowBuf kept(int slot) {
    return Objects.requireNonNull(buffers[slot], "the slot is empty");
  }
}
