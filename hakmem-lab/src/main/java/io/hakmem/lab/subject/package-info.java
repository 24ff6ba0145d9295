// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What is measured: allocators, each behind the same few methods.
 *
 * <p>Doors: {@link io.hakmem.lab.subject.Subject}, which a workload drives; {@link
 * io.hakmem.lab.subject.SubjectCatalog}, the list of all there are. A subject of the JVM is a class
 * of this package and a line of the catalogue; a native one is a library and a line.
 */
@NullMarked
package io.hakmem.lab.subject;

import org.jspecify.annotations.NullMarked;
