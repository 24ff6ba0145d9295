// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** Tests of the depot that need its package. */
@NullMarked
package io.hakmem.depot;

import org.jspecify.annotations.NullMarked;
