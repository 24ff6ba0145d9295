// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Compares settings of hakmem, or builds of it, by runs that take turns in blocks.
 *
 * <p>Doors: {@link io.hakmem.lab.ab.Arms}, what is compared; {@link io.hakmem.lab.ab.AbCampaign},
 * the runs; {@link io.hakmem.lab.ab.AbReports}, what follows from them; {@link
 * io.hakmem.lab.ab.AbText} and {@link io.hakmem.lab.ab.AbPage}, its forms; {@link
 * io.hakmem.lab.ab.SelfCheck}, whether all of it finds what is there and nothing else.
 */
@NullMarked
package io.hakmem.lab.ab;

import org.jspecify.annotations.NullMarked;
