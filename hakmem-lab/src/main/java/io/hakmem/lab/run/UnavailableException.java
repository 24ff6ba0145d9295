// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

/** A subject cannot run here. */
public final class UnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  UnavailableException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** Why, in one line for the user. */
  public String reason() {
    return reason;
  }
}
