// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The plan of experiments that this project began with, run on hakmem: a profile, the drain
 * interval, the front cache, refill, classification.
 *
 * <p>Doors: {@link io.hakmem.lab.seed.SeedPlan}, what is run; {@link
 * io.hakmem.lab.seed.SeedResults}, what came of it; {@link io.hakmem.lab.seed.SeedPages}, the pages
 * in Markdown; {@link io.hakmem.lab.seed.SeedPage}, the same in HTML.
 */
@NullMarked
package io.hakmem.lab.seed;

import org.jspecify.annotations.NullMarked;
