// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Corruptions on their way from where they are found to the call that says so. Any thread. */
final class Findings {
  /*
   * A free returns a number only, so what it found waits for its thread. What is found where nobody
   * can be told, when an arena closes or memory is purged for a request, waits for anybody's next free.
   */

  private static final ThreadLocal<@Nullable Corruption> OWN = new ThreadLocal<>();
  private final ConcurrentLinkedQueue<Corruption> waiting = new ConcurrentLinkedQueue<>();

  /** Keeps a finding, the first if there are several, for the calling thread to take. */
  void tell(Corruption found) {
    if (OWN.get() == null) {
      OWN.set(found);
    } else {
      waiting.add(found);
    }
  }

  /** Whether the calling thread has anything to take now: what it found itself, or what waits. */
  boolean bringUp(boolean foundOne) {
    if (!foundOne && !waiting.isEmpty()) {
      Corruption other = waiting.poll();
      if (other != null) {
        tell(other);
        return true;
      }
    }
    return foundOne;
  }

  /** Leaves what the calling thread found to the next free of any thread. */
  void postpone() {
    Corruption found = take();
    if (found != null) {
      waiting.add(found);
    }
  }

  /** What the calling thread found, which is then forgotten. */
  @Nullable Corruption take() {
    Corruption found = OWN.get();
    OWN.remove();
    return found;
  }
}
