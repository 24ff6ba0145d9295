// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.foreign.Arena;

/** The JDK's arenas for several threads; each close shakes hands with all of them. */
public final class SharedArenaSubject extends ArenaSubject {
  /** Opens it with room for the arena of each slot. */
  public SharedArenaSubject(int slotCount) {
    super(slotCount);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the caller closes it
  Arena open() {
    return Arena.ofShared();
  }
}
