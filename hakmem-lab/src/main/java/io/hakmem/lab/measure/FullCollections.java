// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/** Full garbage collections of this JVM. */
public final class FullCollections {
  private FullCollections() {}

  /**
   * Runs that many, one after the other.
   *
   * @throws IllegalStateException if the JVM was told not to
   */
  public static void run(int count) {
    for (int n = 0; n < count; n++) {
      long before = collections();
      System.gc();
      if (collections() == before) {
        throw new IllegalStateException(
            "this JVM collects nothing when asked to; leave out -XX:+DisableExplicitGC");
      }
    }
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }
}
