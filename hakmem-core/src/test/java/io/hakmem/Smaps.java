// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Physical memory behind address ranges, as the kernel counts it. */
final class Smaps {

  private Smaps() {}

  /** Sum of {@code Rss} of all mappings that lie in one of the ranges. */
  static long residentBytes(List<HakmemStats.Mapping> ranges) {
    long kib = 0;
    boolean inside = false;
    for (String line : lines()) {
      int dash = line.indexOf('-');
      int space = line.indexOf(' ');
      if (dash > 0 && dash < space && !line.substring(0, dash).contains(":")) {
        long from = Long.parseUnsignedLong(line.substring(0, dash), 16);
        inside = ranges.stream().anyMatch(range -> contains(range, from));
      } else if (inside && line.startsWith("Rss:")) {
        kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return kib << 10;
  }

  /** {@code Rss} of the process. */
  static long residentBytesOfProcess() {
    long kib = 0;
    for (String line : lines()) {
      kib += line.startsWith("Rss:") ? Long.parseLong(line.replaceAll("[^0-9]", "")) : 0;
    }
    return kib << 10;
  }

  private static boolean contains(HakmemStats.Mapping range, long address) {
    return address >= range.address() && address - range.address() < range.byteSize();
  }

  private static List<String> lines() {
    try {
      return Files.readAllLines(Path.of("/proc/self/smaps"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
