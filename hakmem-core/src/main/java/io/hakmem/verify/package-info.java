// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** Checks of the whole allocator, for tests and tools: {@link io.hakmem.verify.HeapVerifier}. */
@NullMarked
package io.hakmem.verify;

import org.jspecify.annotations.NullMarked;
