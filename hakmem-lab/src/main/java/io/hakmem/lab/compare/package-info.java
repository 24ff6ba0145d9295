// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Statistics of runs and what may be concluded from them; pure functions.
 *
 * <p>Doors: {@link io.hakmem.lab.compare.Summary} and {@link io.hakmem.lab.compare.Bootstrap} of
 * one set of runs, {@link io.hakmem.lab.compare.Ratio}, {@link io.hakmem.lab.compare.NoiseFloor}
 * and {@link io.hakmem.lab.compare.Verdict} of two, {@link io.hakmem.lab.compare.Matchup} of two on
 * several workloads, {@link io.hakmem.lab.compare.Paired} of two that took turns in blocks.
 */
@NullMarked
package io.hakmem.lab.compare;

import org.jspecify.annotations.NullMarked;
