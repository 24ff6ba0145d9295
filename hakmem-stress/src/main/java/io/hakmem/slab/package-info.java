// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** Tests of slabs that need their package. */
@NullMarked
package io.hakmem.slab;

import org.jspecify.annotations.NullMarked;
