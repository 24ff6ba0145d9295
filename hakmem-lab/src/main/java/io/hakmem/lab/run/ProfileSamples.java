// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.util.List;
import java.util.SortedMap;

/**
 * What the profile of a workload brought.
 *
 * @param engine what took the samples
 * @param version of the profiler
 * @param nanos of the passes while it sampled
 * @param operations of these passes
 * @param cpuMillis processor time of the process meanwhile
 * @param collapsed the stacks
 * @param osCalls of the allocator meanwhile
 * @param classes of which blocks were asked for meanwhile
 */
public record ProfileSamples(
    String engine,
    String version,
    long nanos,
    long operations,
    long cpuMillis,
    String collapsed,
    SortedMap<String, Long> osCalls,
    List<ClassHits> classes) {
  /**
   * A size class.
   *
   * @param blockBytes size of its blocks
   * @param requests blocks handed out
   * @param misses of them that found the thread's cache empty
   */
  public record ClassHits(int blockBytes, long requests, long misses) {}
}
