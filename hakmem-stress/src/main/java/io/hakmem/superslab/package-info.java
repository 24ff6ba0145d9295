// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** Tests of the account of physical memory. */
@NullMarked
package io.hakmem.superslab;

import org.jspecify.annotations.NullMarked;
