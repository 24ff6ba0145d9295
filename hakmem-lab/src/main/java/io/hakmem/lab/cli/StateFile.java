// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.UsageException;
import io.hakmem.lab.report.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --state} of commands that go on from what they measured before. */
final class StateFile {
  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Keeps what is measured, and goes on from it.")
  private @Nullable Path file;

  StateFile() {}

  /** Finds out before hours of work that the file cannot be written. */
  void check() {
    if (file != null) {
      JsonOption.check("--state", file);
    }
  }

  /** What was kept by the same command, or else the given one. */
  <T extends Record> T read(Class<T> type, T empty, Function<T, String> asked) throws IOException {
    if (file == null || !Files.exists(file)) {
      return empty;
    }
    T state;
    try {
      state = new ObjectMapper().readValue(file.toFile(), type);
    } catch (IOException e) {
      throw new UsageException("--state: " + file + " is no state of this command; remove it");
    }
    if (!asked.apply(state).equals(asked.apply(empty))) {
      throw new UsageException("--state: " + file + " is of another call: " + asked.apply(state));
    }
    return state;
  }

  /** Keeps it. */
  void write(Record state) throws IOException {
    if (file != null) {
      JsonFile.write(file, state);
    }
  }

  /** How to go on. */
  String advice() {
    return file == null
        ? "give it more, or --state FILE to go on from"
        : "the same command goes on from " + file;
  }
}
