// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import org.jspecify.annotations.Nullable;

/**
 * The superslabs of slices that are partly used, in lists by the length of their longest free run;
 * guarded by its {@link Superslabs}.
 */
final class PartlyFree {

  private final @Nullable Superslab[] heads =
      new @Nullable Superslab[Region.SLICES_PER_SUPERSLAB + 1];

  /** The superslab with the shortest longest run that holds {@code count} slices; null if none. */
  @Nullable Superslab find(int count) {
    for (int run = count; run < heads.length; run++) {
      if (heads[run] != null) {
        return heads[run];
      }
    }
    return null;
  }

  /** Enters a superslab; nothing happens to one without a free slice. */
  void add(Superslab superslab) {
    int run = superslab.longestRun;
    if (run == 0) {
      return;
    }
    Superslab head = heads[run];
    superslab.previous = null;
    superslab.next = head;
    if (head != null) {
      head.previous = superslab;
    }
    heads[run] = superslab;
  }

  /** Takes a superslab out, before its longest run changes. */
  void remove(Superslab superslab) {
    int run = superslab.longestRun;
    if (run == 0) {
      return;
    }
    Superslab next = superslab.next;
    Superslab previous = superslab.previous;
    if (next != null) {
      next.previous = previous;
    }
    if (previous != null) {
      previous.next = next;
    } else if (heads[run] == superslab) {
      heads[run] = next;
    }
    superslab.next = null;
    superslab.previous = null;
  }
}
