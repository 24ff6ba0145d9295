// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** hakmem's memory for Parquet. */
@NullMarked
package io.hakmem.parquet;

import org.jspecify.annotations.NullMarked;
