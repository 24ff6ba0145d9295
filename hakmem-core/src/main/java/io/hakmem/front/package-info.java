// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What one thread owns: free blocks at hand, without locks or atomics.
 *
 * <p>Doors: {@link io.hakmem.front.FrontCaches} finds the cache of the calling thread, {@link
 * io.hakmem.front.FrontCache} allocates and frees. A cache is used by its owner only; what others
 * may do with it is said at each method.
 */
@NullMarked
package io.hakmem.front;

import org.jspecify.annotations.NullMarked;
