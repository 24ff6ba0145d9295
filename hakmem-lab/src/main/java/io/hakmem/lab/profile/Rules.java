// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import io.hakmem.lab.profile.ProfileReport.Paths;
import io.hakmem.lab.profile.ProfileReport.Recommendation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What follows from a profile, by rules that are said with it. */
final class Rules {
  private static final double HIGH_HIT_PERCENT = 99;
  private static final double MUCH_REFILL_PERCENT = 5;
  private static final double KERNEL_PERCENT = 2;
  private static final double CLASSIFICATION_PERCENT = 35;
  private static final double FREE_TO_ALLOC = 1.36;

  private Rules() {}

  static List<Recommendation> of(
      String workload, Paths paths, double hitPercent, @Nullable Double kernel, long osCalls) {
    List<Recommendation> all = new ArrayList<>();
    double moved = paths.refill() + paths.drain();
    if (hitPercent > HIGH_HIT_PERCENT && moved < MUCH_REFILL_PERCENT) {
      all.add(
          new Recommendation(
              "larger front caches will not pay",
              String.format(
                  Locale.ROOT,
                  "hits %.2f %% > %.0f %%, refill and drain %.1f %% < %.0f %%",
                  hitPercent,
                  HIGH_HIT_PERCENT,
                  moved,
                  MUCH_REFILL_PERCENT),
              "./hakmem ab --set HAKMEM_TINY_FAST_CAP=256,512 " + workload));
    } else {
      all.add(
          new Recommendation(
              "try other front cache sizes, refill counts and drain intervals",
              String.format(
                  Locale.ROOT,
                  "hits %.2f %%, refill and drain %.1f %%: not above %.0f %% and below %.0f %%",
                  hitPercent,
                  moved,
                  HIGH_HIT_PERCENT,
                  MUCH_REFILL_PERCENT),
              "./hakmem ab --set HAKMEM_TINY_FAST_CAP=256,64,512 " + workload));
    }
    if (kernel != null && kernel > KERNEL_PERCENT) {
      all.add(
          new Recommendation(
              "look at what the kernel does: memory goes back and comes again, or the run is short",
              String.format(
                  Locale.ROOT,
                  "kernel %.1f %% > %.0f %%, %.0f calls of the system",
                  kernel,
                  KERNEL_PERCENT,
                  (double) osCalls),
              "./hakmem ab --set HAKMEM_PURGE_DELAY_MILLIS=1000,10000 " + workload));
    }
    if (paths.classificationOfAllocator() > CLASSIFICATION_PERCENT) {
      all.add(
          new Recommendation(
              "classification and checks are worth work",
              String.format(
                  Locale.ROOT,
                  "%.0f %% of the allocator's time > %.0f %%",
                  paths.classificationOfAllocator(),
                  CLASSIFICATION_PERCENT),
              "./hakmem bench --subjects hakmem,hakmem-unchecked " + workload));
    }
    if (paths.ratio() != null && paths.ratio() > FREE_TO_ALLOC) {
      all.add(
          new Recommendation(
              "the free path is worth work",
              String.format(Locale.ROOT, "free / alloc %.2f > %.2f", paths.ratio(), FREE_TO_ALLOC),
              "./hakmem bench --latency --subjects hakmem " + workload));
    }
    return all;
  }
}
