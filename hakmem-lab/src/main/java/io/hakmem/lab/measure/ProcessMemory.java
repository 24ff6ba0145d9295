// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process as a whole. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String HIGH_WATER_MARK = "VmHWM:";

  private ProcessMemory() {}

  /** The most memory that was ever resident, in KiB. */
  public static long peakResidentKiB() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(HIGH_WATER_MARK)) {
          return kibibytes(line.substring(HIGH_WATER_MARK.length()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException(STATUS + " has no line " + HIGH_WATER_MARK);
  }

  /** Number of a value like " 1234 kB". */
  static long kibibytes(String value) {
    String trimmed = value.strip();
    return Long.parseLong(trimmed, 0, trimmed.indexOf(' '), 10);
  }
}
