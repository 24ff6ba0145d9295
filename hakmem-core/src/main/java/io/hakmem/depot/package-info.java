// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Magazines of free blocks on their way between front caches.
 *
 * <p>Doors: {@link io.hakmem.depot.Depot}, one a size class. A {@link io.hakmem.depot.Magazine} is
 * held by one front cache or by the depot, never by both.
 */
@NullMarked
package io.hakmem.depot;

import org.jspecify.annotations.NullMarked;
