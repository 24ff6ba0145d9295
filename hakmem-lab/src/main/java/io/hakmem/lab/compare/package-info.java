// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Statistics of runs and what may be concluded from them; pure functions.
 *
 * <p>Doors: {@link io.hakmem.lab.compare.Summary}, {@link io.hakmem.lab.compare.Verdict}.
 */
@NullMarked
package io.hakmem.lab.compare;

import org.jspecify.annotations.NullMarked;
