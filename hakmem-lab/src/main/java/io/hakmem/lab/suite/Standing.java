// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A subject against one opponent over the workloads that both ran.
 *
 * @param subject one of hakmem's
 * @param opponent another subject, or {@link #BEST_NATIVE}
 * @param time over all of them
 * @param allocatorBound over those whose time is mostly the allocator's
 * @param net over all of them, without the time that the loop takes alone; fewer workloads, where
 *     it is not known for all
 * @param worst the workload with the lowest ratio
 * @param worstRatio its ratio
 * @param memory how many times as much the opponent holds at peak live
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Standing(
    String subject,
    String opponent,
    Score time,
    @Nullable Score allocatorBound,
    @Nullable Score net,
    String worst,
    double worstRatio,
    @Nullable Memory memory) {

  /** The fastest allocator called from C, on each workload another one if need be. */
  public static final String BEST_NATIVE = "best native of each";

  /**
   * Memory held at peak live; measured once, so there is no interval.
   *
   * @param workloads that it is made of: those where both tell
   * @param ratio geometric mean; above one if the subject holds less
   * @param worst the workload with the lowest ratio
   * @param worstRatio its ratio
   */
  public record Memory(int workloads, double ratio, String worst, double worstRatio) {}
}
