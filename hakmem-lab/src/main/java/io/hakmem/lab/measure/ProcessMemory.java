// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Memory of a process as a whole. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path ALL_MAPPINGS = Path.of("/proc/self/smaps_rollup");

  private ProcessMemory() {}

  /** The most memory that was ever resident, in KiB. */
  public static long peakResidentKiB() {
    return value(STATUS, "VmHWM:");
  }

  /** The memory that is resident now, in bytes. */
  public static long residentBytes() {
    // It walks the page tables; the counters elsewhere may be off by some hundred KiB.
    return value(ALL_MAPPINGS, "Rss:") * 1024;
  }

  /** The memory of another process that is resident now, in bytes; null if nobody says. */
  public static @Nullable Long residentBytes(long pid) {
    try {
      return value(Path.of("/proc", Long.toString(pid), "status"), "VmRSS:") * 1024;
    } catch (UncheckedIOException | IllegalStateException notThere) {
      return null;
    }
  }

  private static long value(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(key)) {
          return kibibytes(line.substring(key.length()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException(file + " has no line " + key);
  }

  /** Number of a value like " 1234 kB". */
  static long kibibytes(String value) {
    String trimmed = value.strip();
    return Long.parseLong(trimmed, 0, trimmed.indexOf(' '), 10);
  }
}
