// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

/**
 * An allocator that takes sizes, gives addresses, and knows nothing else: no alignment, no zeroes.
 * Where more than malloc's alignment is wanted, the block is that much larger, and its beginning is
 * kept by slot.
 */
abstract class AddressSubject extends Subject {
  private static final int ALIGNMENT = 16;

  private static boolean aligned; // some block has been; set by the thread that hands it on

  private final long[] beginnings; // 0: the address itself

  /** Opens it with room for the beginning of each slot's block. */
  AddressSubject(int slotCount) {
    beginnings = SlotArrays.open(slotCount, long[]::new);
  }

  /** Frees what {@link #allocate} returned. */
  abstract void free(long address);

  @Override
  public final void free(int slot, long address) {
    free(aligned ? beginning(slot, address) : address);
  }

  private long beginning(int slot, long address) {
    long kept = beginnings[slot];
    beginnings[slot] = 0;
    return kept == 0 ? address : kept;
  }

  @Override
  public final long allocateZeroed(int slot, long byteSize) {
    long address = allocate(slot, byteSize);
    RawMemory.fill(address, byteSize, (byte) 0);
    return address;
  }

  @Override
  public final long allocateAligned(int slot, long byteSize, long alignment) {
    if (alignment <= ALIGNMENT) {
      return allocate(slot, byteSize);
    }
    aligned = true;
    beginnings[slot] = allocate(slot, byteSize + alignment);
    return RawMemory.alignUp(beginnings[slot], alignment);
  }

  /** Whether the block in the slot begins before its address. */
  final boolean isAligned(int slot) {
    return aligned && beginnings[slot] != 0;
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    long moved = allocate(slot, newByteSize);
    RawMemory.copy(address, moved, Math.min(oldByteSize, newByteSize));
    free(slot, address);
    return moved;
  }
}
