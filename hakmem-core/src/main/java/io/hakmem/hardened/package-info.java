// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What {@code hakmem.hardening=full} puts around every block: red zones, poison, quarantine, guard
 * pages, and a record of each block that is off the block.
 *
 * <p>Doors: {@link io.hakmem.hardened.HardenedBlocks}, which stands between the public API and the
 * {@link io.hakmem.hardened.PlainBlocks} of the layers below; these know nothing of it. In the
 * standard mode no class of this package is loaded.
 */
@NullMarked
package io.hakmem.hardened;

import org.jspecify.annotations.NullMarked;
