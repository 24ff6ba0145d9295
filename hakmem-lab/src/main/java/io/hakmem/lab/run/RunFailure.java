// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

/** A run that gave no result. */
public final class RunFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /** A failure for that reason. */
  public RunFailure(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** Why, in one line for the user. */
  public String reason() {
    return reason;
  }
}
