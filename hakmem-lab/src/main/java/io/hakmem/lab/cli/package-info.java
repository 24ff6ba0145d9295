// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The command line: one class per command. Nothing else prints or exits.
 *
 * <p>Door: {@link io.hakmem.lab.cli.Main}.
 */
@NullMarked
package io.hakmem.lab.cli;

import org.jspecify.annotations.NullMarked;
