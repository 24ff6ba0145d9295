// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Programs that run hakmem, seen from outside.
 *
 * <p>Doors: {@link io.hakmem.lab.attach.AttachedJvm}, the bean of another JVM on this machine;
 * {@link io.hakmem.lab.attach.RemoteRecording}, a recording by it.
 */
@NullMarked
package io.hakmem.lab.attach;

import org.jspecify.annotations.NullMarked;
