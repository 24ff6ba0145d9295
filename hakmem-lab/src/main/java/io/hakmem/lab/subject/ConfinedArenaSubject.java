// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** The JDK's own way: a confined arena for every block, closed to free it. */
public final class ConfinedArenaSubject extends Subject {
  private final @Nullable Arena[] arenas;

  /** Opens it with room for the arena of each slot. */
  public ConfinedArenaSubject(int slotCount) {
    arenas = new @Nullable Arena[slotCount];
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // free closes it
  public long allocate(int slot, long byteSize) {
    Arena arena = Arena.ofConfined();
    arenas[slot] = arena;
    return arena.allocate(byteSize).address();
  }

  @Override
  public void free(int slot, long address) {
    Arena arena = arenas[slot];
    if (arena != null) {
      arena.close();
      arenas[slot] = null;
    }
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return allocate(slot, byteSize); // an arena's memory is zero anyway
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // free closes it
  public long allocateAligned(int slot, long byteSize, long alignment) {
    Arena arena = Arena.ofConfined();
    arenas[slot] = arena;
    return arena.allocate(byteSize, alignment).address();
  }

  /** An arena cannot resize: allocate, copy, close the old one. */
  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    Arena old = arenas[slot];
    long moved = allocate(slot, newByteSize);
    RawMemory.copy(address, moved, Math.min(oldByteSize, newByteSize));
    if (old != null) {
      old.close();
    }
    return moved;
  }
}
