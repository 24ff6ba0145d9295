// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What is done: allocation patterns, without knowledge of who serves them.
 *
 * <p>Doors: {@link io.hakmem.lab.workload.Workload} and the list of them, {@link
 * io.hakmem.lab.workload.WorkloadCatalog}. Each workload is a class here, its twin in {@code
 * resources/native} with the same algorithm, random numbers and touching, and a line of the
 * catalogue.
 */
@NullMarked
package io.hakmem.lab.workload;

import org.jspecify.annotations.NullMarked;
