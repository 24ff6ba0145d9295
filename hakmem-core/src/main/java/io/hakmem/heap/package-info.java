// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Memory that is freed all at once: what arenas and first-class heaps are made of.
 *
 * <p>Doors: {@link io.hakmem.heap.ArenaMemory}, zeroed memory cut from few blocks; {@link
 * io.hakmem.heap.Heap}, blocks that can also be freed one by one. Both take sealed blocks of the
 * allocator below, so that nobody else can free what they stand on.
 */
@NullMarked
package io.hakmem.heap;

import org.jspecify.annotations.NullMarked;
