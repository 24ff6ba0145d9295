// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.Arena;

/** The JDK's own way: confined arenas. */
public final class ConfinedArenaSubject extends ArenaSubject {
  /** Opens it with room for the arena of each slot. */
  public ConfinedArenaSubject(int slotCount) {
    super(slotCount);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the caller closes it
  Arena open() {
    return Arena.ofConfined();
  }
}
