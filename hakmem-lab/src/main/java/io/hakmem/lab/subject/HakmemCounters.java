// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import java.util.Map;

/** What hakmem counts beside system calls; each only grows. */
public final class HakmemCounters {
  /** Requests served from a thread's cache at once. */
  public static final String HITS = "hits";

  /** Requests that found a thread's cache empty. */
  public static final String MISSES = "misses";

  /** Batches that threads' caches fetched. */
  public static final String REFILLS = "refills";

  /** Times that threads' caches returned what they did not need. */
  public static final String DRAINS = "drains";

  /** Blocks freed by a thread whose cache does not own their slab. */
  public static final String REMOTE_FREES = "remoteFrees";

  /** Pages used again after they had gone back to the system. */
  public static final String REFAULTS = "refaults";

  private HakmemCounters() {}

  static Map<String, Long> now() {
    HakmemStats stats = Hakmem.stats();
    return Map.of(
        HITS, stats.hits(),
        MISSES, stats.misses(),
        REFILLS, stats.refills(),
        DRAINS, stats.drains(),
        REMOTE_FREES, stats.remoteFrees(),
        REFAULTS, stats.refaults());
  }
}
