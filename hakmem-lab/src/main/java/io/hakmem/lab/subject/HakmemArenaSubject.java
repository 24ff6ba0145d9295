// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.HakmemArena;
import java.lang.foreign.Arena;

/** hakmem's confined arenas. */
public final class HakmemArenaSubject extends ArenaSubject {
  /** Opens it with room for the arena of each slot. */
  public HakmemArenaSubject(int slotCount) {
    super(slotCount);
  }

  @Override
  Arena open() {
    return HakmemArena.ofConfined();
  }
}
