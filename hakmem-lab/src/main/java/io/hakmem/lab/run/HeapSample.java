// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.HakmemStats;
import java.util.SortedMap;

/**
 * What hakmem holds at an instant, and what the program asked for.
 *
 * @param liveBlocks that the program holds
 * @param requestedBytes of the live blocks, as they were asked for
 * @param requestedByUsableSize the same by the size of the block that serves them; 0 for blocks
 *     above the size classes
 * @param residentByMapping physical memory behind each of hakmem's mappings, as the kernel counts
 *     it
 * @param stats of hakmem
 */
public record HeapSample(
    long liveBlocks,
    long requestedBytes,
    SortedMap<Integer, Long> requestedByUsableSize,
    SortedMap<String, Long> residentByMapping,
    HakmemStats stats) {}
