// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.util.List;
import java.util.function.Function;

/**
 * A kind of workload as the command line offers it.
 *
 * @param name as on the command line
 * @param usage its arguments with their defaults
 * @param description one line
 * @param parser makes the workload from the arguments given, which may be fewer than there are
 */
public record WorkloadType(
    String name, String usage, String description, Function<List<String>, Workload> parser) {}
