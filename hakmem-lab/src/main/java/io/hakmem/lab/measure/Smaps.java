// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Physical memory behind address ranges of this process, as the kernel counts it. */
public final class Smaps {
  private static final Path SELF = Path.of("/proc/self/smaps");
  private static final String RESIDENT = "Rss:";

  private Smaps() {}

  /**
   * Addresses from start up to but not including end.
   *
   * @param start first address
   * @param end address after the last
   */
  public record Range(long start, long end) {
    boolean overlaps(Range other) {
      return start < other.end && other.start < end;
    }
  }

  /** Sum of the resident bytes of every mapping of this process that overlaps one of the ranges. */
  public static long residentBytes(List<Range> ranges) {
    try {
      return residentBytes(Files.readAllLines(SELF), ranges);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long residentBytes(List<String> lines, List<Range> ranges) {
    long bytes = 0;
    boolean inside = false;
    for (String line : lines) {
      if (isHeader(line)) {
        Range mapping = mapping(line);
        inside = ranges.stream().anyMatch(mapping::overlaps);
      } else if (inside && line.startsWith(RESIDENT)) {
        bytes += ProcessMemory.kibibytes(line.substring(RESIDENT.length())) * 1024;
      }
    }
    return bytes;
  }

  /** "7f12a4000000-7f12a4021000 rw-p …", while the lines of details begin with a capital letter. */
  private static boolean isHeader(String line) {
    return !line.isEmpty()
        && Character.digit(line.charAt(0), 16) >= 0
        && line.indexOf('-') > 0
        && !Character.isUpperCase(line.charAt(0));
  }

  private static Range mapping(String header) {
    int dash = header.indexOf('-');
    int space = header.indexOf(' ');
    return new Range(
        Long.parseUnsignedLong(header, 0, dash, 16),
        Long.parseUnsignedLong(header, dash + 1, space, 16));
  }
}
