// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * How runs happen: one run is one process, started, timed out and read by this package.
 *
 * <p>Doors: {@link io.hakmem.lab.run.Machine} says which subjects can run here; {@link
 * io.hakmem.lab.run.Campaign} runs them, interleaved. A child is asked with {@link
 * io.hakmem.lab.run.Request}'s words and answers with one line, "result key=value …", whether it is
 * {@link io.hakmem.lab.run.JvmChild} or the C program.
 */
@NullMarked
package io.hakmem.lab.run;

import org.jspecify.annotations.NullMarked;
