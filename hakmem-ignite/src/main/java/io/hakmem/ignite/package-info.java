// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** hakmem's memory for Ignite. */
@NullMarked
package io.hakmem.ignite;

import org.jspecify.annotations.NullMarked;
