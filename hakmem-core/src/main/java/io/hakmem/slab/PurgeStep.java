// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

/** How far a purge step of a {@link SlabPool} has come; for the one thread that does it. */
final class PurgeStep {

  /** Whether to give back what is free at this moment, not only what rested. */
  final boolean now;

  /** Slabs, counted from the first one of the pool, that the step has not looked at yet. */
  int left = Integer.MAX_VALUE;

  /** Given back to the system. */
  long bytes;

  /** Whether something rests that may be due at one of the next steps. */
  boolean resting;

  PurgeStep(boolean now) {
    this.now = now;
  }
}
