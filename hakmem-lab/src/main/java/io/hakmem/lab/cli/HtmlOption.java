// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --html}. */
final class HtmlOption {
  private static final String PAGE = "index.html";

  @Option(
      names = "--html",
      paramLabel = "DIR",
      description = "Also writes DIR/" + PAGE + ": charts and tables in one file.")
  private @Nullable Path folder;

  HtmlOption() {}

  /** Writes a page. */
  @FunctionalInterface
  interface Page {
    void write(Path file) throws IOException;
  }

  /** Finds out before an hour of work that the page cannot be written. */
  void check() {
    if (folder != null) {
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new UsageException("--html: cannot make the folder " + folder);
      }
      JsonOption.check("--html", folder.resolve(PAGE));
    }
  }

  /** Where pages go, if they are asked for. */
  Optional<Path> folder() {
    return Optional.ofNullable(folder);
  }

  void write(Page page) throws IOException {
    if (folder != null) {
      page.write(folder.resolve(PAGE));
    }
  }
}
