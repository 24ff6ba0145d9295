// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Size classes, and slabs: runs of slices cut into equal blocks.
 *
 * <p>Doors: {@link io.hakmem.slab.SizeClasses} is the only place that knows sizes, {@link
 * io.hakmem.slab.SlabPool} fills an array with free blocks of its class and takes blocks back, a
 * batch at a time under one lock. Owners are numbers; who they are is not known here.
 */
@NullMarked
package io.hakmem.slab;

import org.jspecify.annotations.NullMarked;
