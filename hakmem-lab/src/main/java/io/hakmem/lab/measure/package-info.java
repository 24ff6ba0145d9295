// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What the kernel says about a process: resident memory of ranges and of the whole, page faults;
 * how long calls take.
 *
 * <p>Doors: {@link io.hakmem.lab.measure.Smaps}, {@link io.hakmem.lab.measure.ProcessMemory},
 * {@link io.hakmem.lab.measure.PageFaults}, {@link io.hakmem.lab.measure.Latencies}.
 */
@NullMarked
package io.hakmem.lab.measure;

import org.jspecify.annotations.NullMarked;
