// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What runs beside the program's threads: the return of idle memory.
 *
 * <p>Door: {@link io.hakmem.control.Purger}.
 */
@NullMarked
package io.hakmem.control;

import org.jspecify.annotations.NullMarked;
