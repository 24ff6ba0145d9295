// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Looks at hakmem in another JVM, through JMX and without a part in its work, and shows it on a
 * terminal or in a browser.
 *
 * <p>Doors: {@link io.hakmem.lab.watch.WatchedJvm}, which attaches; {@link
 * io.hakmem.lab.watch.Sampler}, which asks at intervals; {@link io.hakmem.lab.watch.TopScreen} and
 * {@link io.hakmem.lab.watch.TopTerminal}.
 */
@NullMarked
package io.hakmem.lab.watch;

import org.jspecify.annotations.NullMarked;
