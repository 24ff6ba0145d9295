// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.event;

import org.jspecify.annotations.Nullable;

/** Who looks on, if anybody does. */
public final class Events {
  /*
   * Where something is told, the observer is read once and asked only if it is there: a load and a
   * branch, on paths that take microseconds. The fast paths tell nothing.
   */

  private static volatile @Nullable Observer observer;

  private Events() {}

  /** Who is to be told; null for nobody. */
  public static @Nullable Observer observer() {
    return observer;
  }

  /** Makes somebody, or with null nobody, be told from now on. */
  public static void observe(@Nullable Observer next) {
    observer = next;
  }
}
