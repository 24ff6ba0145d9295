// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The line of numbers that the kernel keeps of this process. */
final class ProcessStat {
  private static final Path STAT = Path.of("/proc/self/stat");

  private ProcessStat() {}

  /** From the state on, which follows the name. */
  static String[] fields() {
    try {
      return fields(Files.readString(STAT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name before the state may hold anything. */
  static String[] fields(String line) {
    return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
  }
}
