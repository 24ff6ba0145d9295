// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** hakmem's memory for Netty's buffers. */
@NullMarked
package io.hakmem.netty;

import org.jspecify.annotations.NullMarked;
