// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import io.hakmem.lab.measure.Smaps;
import java.util.OptionalLong;

/** What hakmem holds of the machine's memory, its metadata on the Java heap included. */
final class HakmemMemory {
  private HakmemMemory() {}

  static OptionalLong committedBytes() {
    HakmemStats stats = Hakmem.stats();
    long mapped =
        Smaps.residentBytes(
            stats.mappings().stream()
                .map(
                    mapping ->
                        new Smaps.Range(mapping.address(), mapping.address() + mapping.byteSize()))
                .toList());
    return OptionalLong.of(mapped + stats.heapMetadataBytes());
  }
}
