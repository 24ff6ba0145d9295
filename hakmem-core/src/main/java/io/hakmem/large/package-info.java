// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Blocks above the size classes: page-granular runs inside superslabs (ACE), and huge blocks of
 * whole superslabs.
 *
 * <p>Door: {@link io.hakmem.large.LargeBlocks}. Every call takes a lock: a block of this size is
 * touched for longer than that.
 */
@NullMarked
package io.hakmem.large;

import org.jspecify.annotations.NullMarked;
