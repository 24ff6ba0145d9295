// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Searches the knobs for a workload.
 *
 * <p>Doors: {@link io.hakmem.lab.tune.Candidates}, what is tried; {@link
 * io.hakmem.lab.tune.Halving}, the search.
 */
@NullMarked
package io.hakmem.lab.tune;

import org.jspecify.annotations.NullMarked;
