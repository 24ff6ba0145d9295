// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Where a workload's time goes: samples of stacks, and what follows from them.
 *
 * <p>Doors: {@link io.hakmem.lab.profile.ProfileReports}, what samples say; {@link
 * io.hakmem.lab.profile.ProfileMarkdown} and {@link io.hakmem.lab.profile.ProfilePage}, its forms.
 */
@NullMarked
package io.hakmem.lab.profile;

import org.jspecify.annotations.NullMarked;
