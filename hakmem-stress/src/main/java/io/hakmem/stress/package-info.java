// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * jcstress tests of the protocols between threads. One class a protocol; each says in its outcomes
 * what may be seen and why.
 */
@NullMarked
package io.hakmem.stress;

import org.jspecify.annotations.NullMarked;
