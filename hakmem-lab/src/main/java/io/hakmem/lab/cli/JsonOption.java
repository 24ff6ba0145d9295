// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.report.JsonFile;
import io.hakmem.lab.report.Listing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --json} of every command. */
final class JsonOption {
  @Option(names = "--json", paramLabel = "FILE", description = "Also writes the result as JSON.")
  private @Nullable Path file;

  JsonOption() {}

  /** Finds out before hours of work that the file cannot be written. */
  void check() {
    if (file != null) {
      check("--json", file);
    }
  }

  /** The same for the file of another option. */
  static void check(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
      throw new UsageException(option + ": cannot write " + file);
    }
  }

  void write(List<BenchReport> reports) throws IOException {
    if (file != null) {
      JsonFile.write(file, reports);
    }
  }

  /** Whether there is a file to write. */
  boolean isGiven() {
    return file != null;
  }

  /** Writes a report, which is a record. */
  void write(Record report) throws IOException {
    if (file != null) {
      JsonFile.write(file, report);
    }
  }

  /** Writes several records under a name. */
  void write(String name, List<? extends Record> records) throws IOException {
    if (file != null) {
      JsonFile.write(file, Map.of(name, records));
    }
  }

  void write(String name, Listing listing) throws IOException {
    if (file != null) {
      JsonFile.write(file, Map.of(name, listing.items()));
    }
  }
}
