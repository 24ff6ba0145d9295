// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** Known faults in rewritten class files, each of which a gate of the project has to catch. */
@NullMarked
package io.hakmem.planted;

import org.jspecify.annotations.NullMarked;
