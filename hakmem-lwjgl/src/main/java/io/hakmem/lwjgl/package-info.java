// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** hakmem's memory for LWJGL. */
@NullMarked
package io.hakmem.lwjgl;

import org.jspecify.annotations.NullMarked;
