// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Where what is live was allocated.
 *
 * <p>Door: {@link io.hakmem.profile.LiveProfile}, told of every call while a profile is taken.
 */
@NullMarked
package io.hakmem.profile;

import org.jspecify.annotations.NullMarked;
