// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * All workloads in one go: which there are, how hakmem stands over all of them, and the reports.
 *
 * <p>Doors: {@link io.hakmem.lab.suite.SuitePlan}, what is run; {@link
 * io.hakmem.lab.suite.SuiteReports}, what came of it; {@link io.hakmem.lab.suite.SuiteText}, {@link
 * io.hakmem.lab.suite.SuiteMarkdown} and {@link io.hakmem.lab.suite.SuitePage}, its forms.
 */
@NullMarked
package io.hakmem.lab.suite;

import org.jspecify.annotations.NullMarked;
