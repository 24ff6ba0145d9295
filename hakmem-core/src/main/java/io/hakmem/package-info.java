// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * hakmem: an off-heap memory allocator.
 *
 * <p>{@link io.hakmem.Hakmem} allocates and frees by address; {@link io.hakmem.HakmemHandle} does
 * the same for one thread without the look-up of its cache. {@link io.hakmem.HakmemConfig} sets the
 * knobs before the first use, {@link io.hakmem.HakmemStats} says what happened since.
 */
@NullMarked
package io.hakmem;

import org.jspecify.annotations.NullMarked;
