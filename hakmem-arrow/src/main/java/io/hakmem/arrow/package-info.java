// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** hakmem's memory for Arrow. */
@NullMarked
package io.hakmem.arrow;

import org.jspecify.annotations.NullMarked;
