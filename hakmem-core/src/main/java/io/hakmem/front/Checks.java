// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

/** Whether addresses are checked. Always, in every build: there is no way to turn it off. */
final class Checks {
  /*
   * A field and not a literal, so that the laboratory can measure what the checks cost: it puts a
   * class of this name with the opposite answer in front of this one on its own class path.
   */
  static final boolean ENABLED = Boolean.parseBoolean("true");

  private Checks() {}
}
