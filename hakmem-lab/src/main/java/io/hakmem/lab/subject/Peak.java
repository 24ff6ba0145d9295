// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

/**
 * When the most requested bytes are live.
 *
 * @param allocation the allocation, counted from 1, after which it is so for the first time; 0 if
 *     nothing was allocated
 * @param liveBytes the sum of the requested sizes alive then
 */
public record Peak(long allocation, long liveBytes) {}
