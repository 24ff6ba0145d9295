// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Address space in superslabs and slices, the maps that say what lies at an address, and the return
 * of idle memory.
 *
 * <p>Doors: {@link io.hakmem.superslab.Region} holds the geometry as constants, {@link
 * io.hakmem.superslab.PageMap} and {@link io.hakmem.superslab.LiveMap} answer questions about
 * addresses, {@link io.hakmem.superslab.Superslabs} hands out and takes back runs of slices.
 * Callers hold slice numbers: the address of slice s is {@code Region.BASE + (s <<
 * Region.SLICE_SHIFT)}.
 */
@NullMarked
package io.hakmem.superslab;

import org.jspecify.annotations.NullMarked;
