// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Programs that run hakmem, seen from outside.
 *
 * <p>Door: {@link io.hakmem.lab.attach.AttachedJvm}, the bean of another JVM on this machine.
 */
@NullMarked
package io.hakmem.lab.attach;

import org.jspecify.annotations.NullMarked;
