// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The laboratory: runs workloads against hakmem and its rivals and says how they compare.
 *
 * <p>Packages from the top: {@code cli} (one class per command; alone prints and exits), {@code
 * suite} (all workloads summed up), {@code tune} (searches settings), {@code ab} (settings compared
 * by blocks), {@code profile} (where time goes), {@code report} (one workload summed up; these five
 * alone format), {@code run} (processes, their order and time limits), {@code micro} (single calls
 * under JMH), {@code workload} (what is done), {@code subject} (what it is done with), {@code
 * measure} (what the kernel says of a process), {@code compare} (pure statistics). A package uses
 * only those after it; {@code compare} uses none.
 */
@NullMarked
package io.hakmem.lab;

import org.jspecify.annotations.NullMarked;
