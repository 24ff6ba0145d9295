// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Turns results into text and JSON; nothing else formats.
 *
 * <p>Doors: {@link io.hakmem.lab.report.BenchReport}, which is also the shape of the JSON, made by
 * {@link io.hakmem.lab.report.Reports}; {@link io.hakmem.lab.report.BenchText}; {@link
 * io.hakmem.lab.report.JsonFile}.
 */
@NullMarked
package io.hakmem.lab.report;

import org.jspecify.annotations.NullMarked;
