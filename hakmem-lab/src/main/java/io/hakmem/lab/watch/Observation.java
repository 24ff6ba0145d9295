// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import io.hakmem.HakmemStats;
import io.hakmem.SuperslabStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * hakmem in another JVM at an instant.
 *
 * @param epochMillis when, for people
 * @param nanos when, for differences: {@link System#nanoTime}
 * @param stats its statistics
 * @param superslabs what lies where, read just afterwards
 * @param residentBytes physical memory of the whole process; null where the system does not say
 */
public record Observation(
    long epochMillis,
    long nanos,
    HakmemStats stats,
    List<SuperslabStats> superslabs,
    @Nullable Long residentBytes) {}
