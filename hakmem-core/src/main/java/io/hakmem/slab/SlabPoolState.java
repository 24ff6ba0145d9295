// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

/**
 * What one size class holds at an instant.
 *
 * @param slabs slabs of the class
 * @param carvedBlocks blocks whose pages are charged
 * @param freeBlocks those of them that lie free in their slabs
 * @param duplicates blocks that came home twice, the traces of frees that raced, and were dropped
 */
public record SlabPoolState(int slabs, long carvedBlocks, long freeBlocks, long duplicates) {}
