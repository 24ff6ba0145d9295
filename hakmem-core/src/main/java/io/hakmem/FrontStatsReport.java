// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.io.PrintStream;

/** The counters of the front caches as text, for {@code HAKMEM_FRONT_STATS=1}. */
final class FrontStatsReport {

  private FrontStatsReport() {}

  static void printAtExit() {
    Thread printer = new Thread(() -> print(Hakmem.stats(), System.err), "hakmem-front-stats");
    Runtime.getRuntime().addShutdownHook(printer);
  }

  static void print(HakmemStats stats, PrintStream out) {
    out.println("hakmem front caches: class bytes, hits, misses, hit rate");
    for (HakmemStats.SizeClassStats each : stats.sizeClasses()) {
      if (each.requests() > 0) {
        out.printf(
            "%9d %12d %10d %7.3f%%%n",
            each.blockBytes(), each.hits(), each.misses(), 100.0 * each.hits() / each.requests());
      }
    }
    out.printf("    total %12d %10d%n", stats.hits(), stats.misses());
    out.printf("pages that came back after a purge: %d%n", stats.refaults());
  }
}
