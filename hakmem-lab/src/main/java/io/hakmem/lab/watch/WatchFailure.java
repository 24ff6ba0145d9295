// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

/** A JVM cannot be watched, or not any longer; the message is for the user. */
public final class WatchFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** A failure for a reason of its own. */
  public WatchFailure(String message) {
    super(message);
  }

  WatchFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
