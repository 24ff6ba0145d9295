// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Single paths of hakmem under JMH: what one call costs and that it leaves no garbage, where the
 * rest of the laboratory measures whole workloads.
 *
 * <p>Door: {@link io.hakmem.lab.micro.Micro}, which runs the benchmarks of this package, each in
 * processes of its own.
 */
@NullMarked
package io.hakmem.lab.micro;

import org.jspecify.annotations.NullMarked;
