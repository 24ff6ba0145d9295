// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.control;

import java.util.concurrent.TimeUnit;

/** How long memory stays free above the soft limit; guarded by its {@link Purger}. */
final class EagerDelay {
  /*
   * Memory that is used again within the delay stays. A step that gives back more than twice what was
   * charged since the one before makes the delay as short as it can be; any other that leaves the
   * account above the limit and something free doubles it. So a program that lives above the limit
   * is soon left in peace, and memory that is needed again does not go back and forth.
   */

  private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long least;
  private final long most;
  private long nanos;

  /** A delay that is never longer than the usual one. */
  EagerDelay(long usualNanos) {
    least = Math.min(usualNanos, MIN_NANOS);
    most = Math.min(usualNanos, MAX_NANOS);
    nanos = least;
  }

  /** The delay at present, in nanoseconds. */
  long nanos() {
    return nanos;
  }

  /**
   * A purge step is over.
   *
   * @param returned bytes that it gave back
   * @param charged by how many bytes the account had grown since the step before; may be negative
   * @param pressed whether the account is still above the limit and something still free
   */
  void adapt(long returned, long charged, boolean pressed) {
    if (returned > 2 * Math.max(charged, 0)) {
      nanos = least;
    } else if (pressed) {
      nanos = Math.min(nanos * 2, most);
    }
  }
}
