// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.slab.SizeClasses;

/** Sums of what retired front caches counted. Written under the registry's lock, read by anyone. */
public final class RetiredCounters {

  private final long[] requests = new long[SizeClasses.MAX_CLASS + 1];
  private final long[] misses = new long[SizeClasses.MAX_CLASS + 1];
  private long refills;
  private long drains;
  private long remoteFrees;
  private long dropped;
  private long capacityGrowths;
  private long capacityShrinks;

  synchronized void add(FrontCache cache) {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      requests[c] += cache.requests(c);
      misses[c] += cache.misses(c);
    }
    refills += cache.refills();
    drains += cache.drains();
    remoteFrees += cache.remoteFrees();
    dropped += cache.dropped();
    capacityGrowths += cache.capacityGrowths();
    capacityShrinks += cache.capacityShrinks();
  }

  public synchronized long requests(int sizeClass) {
    return requests[sizeClass];
  }

  public synchronized long misses(int sizeClass) {
    return misses[sizeClass];
  }

  public synchronized long refills() {
    return refills;
  }

  public synchronized long drains() {
    return drains;
  }

  public synchronized long remoteFrees() {
    return remoteFrees;
  }

  public synchronized long dropped() {
    return dropped;
  }

  public synchronized long capacityGrowths() {
    return capacityGrowths;
  }

  public synchronized long capacityShrinks() {
    return capacityShrinks;
  }
}
