// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** Tests of the depot under Lincheck that need its package. */
@NullMarked
package io.hakmem.depot;

import org.jspecify.annotations.NullMarked;
