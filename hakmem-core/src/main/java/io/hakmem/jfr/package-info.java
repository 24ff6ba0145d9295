// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The allocator's events for JDK Flight Recorder.
 *
 * <p>Door: {@link io.hakmem.jfr.JfrRecorder}. Nothing of this package may be loaded where the
 * module jdk.jfr is not readable; whoever uses it asks first.
 */
@NullMarked
package io.hakmem.jfr;

import org.jspecify.annotations.NullMarked;
