// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Writes what a program asks of the allocator as a trace, which the laboratory replays.
 *
 * <p>Doors: {@link io.hakmem.record.TraceRecorder} for the calls of this process, {@link
 * io.hakmem.record.TraceLog} for calls that come from elsewhere.
 */
@NullMarked
package io.hakmem.record;

import org.jspecify.annotations.NullMarked;
