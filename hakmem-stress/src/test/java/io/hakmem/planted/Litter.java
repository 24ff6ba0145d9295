// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.planted;

/** Garbage, for a fault that makes some. */
public final class Litter {

  /** Written so that no compiler proves the object useless. */
  private static volatile Object last = new Object();

  private Litter() {}

  /** Drops an object. */
  public static void drop() {
    last = new byte[16];
  }

  static Object last() {
    return last;
  }
}
