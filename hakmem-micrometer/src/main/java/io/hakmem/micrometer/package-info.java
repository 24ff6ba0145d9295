// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** hakmem's statistics for Micrometer. */
@NullMarked
package io.hakmem.micrometer;

import org.jspecify.annotations.NullMarked;
