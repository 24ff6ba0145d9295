// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An allocator whose blocks are objects, kept by slot. */
abstract class BufferSubject<B> extends Subject {
  private final @Nullable B[] buffers;

  /** Keeps buffers in an array of {@link SlotArrays}. */
  BufferSubject(@Nullable B[] buffers) {
    this.buffers = buffers;
  }

  /** A new buffer, not zeroed. */
  abstract B open(long byteSize);

  abstract long addressOf(B buffer);

  abstract void release(B buffer);

  /** Opens a buffer and keeps it in the slot. */
  final B keep(int slot, long byteSize) {
    B buffer = open(byteSize);
    buffers[slot] = buffer;
    return buffer;
  }

  /** The buffer in the slot. */
  final B kept(int slot) {
    return Objects.requireNonNull(buffers[slot], "the slot is empty");
  }

  @Override
  public final long allocate(int slot, long byteSize) {
    return addressOf(keep(slot, byteSize));
  }

  @Override
  public final void free(int slot, long address) {
    release(kept(slot));
    buffers[slot] = null;
  }

  /** There is no alignment to ask for: ask for that much more. */
  @Override
  public final long allocateAligned(int slot, long byteSize, long alignment) {
    return RawMemory.alignUp(allocate(slot, byteSize + alignment), alignment);
  }

  /** Allocates, copies, releases the old one. */
  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    B old = kept(slot);
    long moved = allocate(slot, newByteSize);
    RawMemory.copy(address, moved, Math.min(oldByteSize, newByteSize));
    release(old);
    return moved;
  }
}
