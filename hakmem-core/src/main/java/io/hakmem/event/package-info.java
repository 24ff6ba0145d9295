// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Tells whoever looks on of what happens rarely.
 *
 * <p>Doors: {@link io.hakmem.event.Events}, which every layer asks for the {@link
 * io.hakmem.event.Observer}; none while nobody looks on. {@link io.hakmem.event.Sampling} draws the
 * allocations that are told.
 */
@NullMarked
package io.hakmem.event;

import org.jspecify.annotations.NullMarked;
