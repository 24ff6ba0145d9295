// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How often this process touched a page that was not there, in all of its threads.
 *
 * @param minor the kernel had only to map or clear a page
 * @param major the page had to be read from a disk
 */
public record PageFaults(long minor, long major) {
  private static final Path STAT = Path.of("/proc/self/stat");
  // Counted from the state, the first field after the name, which may hold anything.
  private static final int MINOR_FIELD = 7;
  private static final int MAJOR_FIELD = 9;

  /** Since the process began. */
  public static PageFaults now() {
    try {
      return of(Files.readString(STAT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PageFaults of(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return new PageFaults(Long.parseLong(fields[MINOR_FIELD]), Long.parseLong(fields[MAJOR_FIELD]));
  }

  public PageFaults since(PageFaults earlier) {
    return new PageFaults(minor - earlier.minor, major - earlier.major);
  }
}
