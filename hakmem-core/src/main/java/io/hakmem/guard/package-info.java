// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Sampled blocks on pages of their own, outside the region, between pages that nobody may touch.
 *
 * <p>Doors: {@link io.hakmem.guard.GuardedSlots}; loaded only if {@code hakmem.guards.sampleEvery}
 * is set.
 */
@NullMarked
package io.hakmem.guard;

import org.jspecify.annotations.NullMarked;
