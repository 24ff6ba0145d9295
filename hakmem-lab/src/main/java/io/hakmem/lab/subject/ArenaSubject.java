// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.Arena;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Arenas of some kind: one for every block, closed to free it; or one for a group of blocks. */
abstract class ArenaSubject extends Subject {
  private final @Nullable Arena[] arenas;

  /** With room for the arena of each slot. */
  ArenaSubject(int slotCount) {
    arenas = SlotArrays.open(slotCount, Arena[]::new);
  }

  /** A new arena. */
  abstract Arena open();

  @Override
  public final long allocate(int slot, long byteSize) {
    Arena arena = open();
    arenas[slot] = arena;
    return arena.allocate(byteSize).address();
  }

  @Override
  public final void free(int slot, long address) {
    kept(slot).close();
    arenas[slot] = null;
  }

  @Override
  public final long allocateZeroed(int slot, long byteSize) {
    return allocate(slot, byteSize); // an arena's memory is zero anyway
  }

  @Override
  public final long allocateAligned(int slot, long byteSize, long alignment) {
    Arena arena = open();
    arenas[slot] = arena;
    return arena.allocate(byteSize, alignment).address();
  }

  /** An arena cannot resize: allocate, copy, close the old one. */
  @Override
  public final long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    Arena old = kept(slot);
    long moved = allocate(slot, newByteSize);
    RawMemory.copy(address, moved, Math.min(oldByteSize, newByteSize));
    old.close();
    return moved;
  }

  private Arena kept(int slot) {
    return Objects.requireNonNull(arenas[slot], "the slot is empty");
  }

  @Override
  public final void group(long[] blocks, long byteSize) {
    try (Arena arena = open()) {
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = arena.allocate(byteSize).address();
      }
    }
  }
}
