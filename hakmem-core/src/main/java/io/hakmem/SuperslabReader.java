// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.superslab.Region;
import io.hakmem.superslab.SliceMap;
import java.util.ArrayList;
import java.util.List;

/** Writes the map of slices down, superslab by superslab. */
final class SuperslabReader {
  private static final int SLICES = Region.SLICES_PER_SUPERSLAB;
  private static final long PARTS = 9; // so that one digit says it

  private SuperslabReader() {}

  static List<SuperslabStats> read(Allocator allocator) {
    SliceMap map = allocator.sliceMap();
    List<SuperslabStats> superslabs = new ArrayList<>();
    for (int first = 0; first < map.sliceCount(); first += SLICES) {
      SuperslabStats superslab = read(map, first);
      if (superslab.committedBytes() > 0 || !superslab.contents().equals("-".repeat(SLICES))) {
        superslabs.add(superslab);
      }
    }
    return List.copyOf(superslabs);
  }

  private static SuperslabStats read(SliceMap map, int first) {
    StringBuilder contents = new StringBuilder();
    StringBuilder used = new StringBuilder();
    StringBuilder committed = new StringBuilder();
    long usedBytes = 0;
    long committedBytes = 0;
    for (int slice = first; slice < first + SLICES; slice++) {
      contents.append(letter(map.content(slice)));
      used.append(digit(map.usedBytes(slice)));
      committed.append(digit(map.chargedBytes(slice)));
      usedBytes += map.usedBytes(slice);
      committedBytes += map.chargedBytes(slice);
    }
    return new SuperslabStats(
        Region.addressOf(first),
        usedBytes,
        committedBytes,
        contents.toString(),
        used.toString(),
        committed.toString());
  }

  private static char letter(SliceMap.Content content) {
    return switch (content) {
      case FREE -> '-';
      case TINY -> 't';
      case POOL -> 'p';
      case RUNS -> 'r';
      case HUGE -> 'h';
    };
  }

  private static char digit(long bytes) {
    return (char) ('0' + (bytes * PARTS + Region.SLICE_BYTES - 1) / Region.SLICE_BYTES);
  }
}
