// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.suite.SuiteMarkdown;
import io.hakmem.lab.suite.SuitePage;
import io.hakmem.lab.suite.SuiteReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --html} and {@code --markdown}. */
final class SuiteFiles {
  private static final String PAGE = "index.html";

  @Option(
      names = "--html",
      paramLabel = "DIR",
      description = "Also writes DIR/" + PAGE + ": charts and tables in one file.")
  private @Nullable Path html;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Also writes the tables as a page of Markdown.")
  private @Nullable Path markdown;

  SuiteFiles() {}

  /** Finds out before an hour of work that a file cannot be written. */
  void check() {
    if (html != null) {
      try {
        Files.createDirectories(html);
      } catch (IOException e) {
        throw new UsageException("--html: cannot make the folder " + html);
      }
      JsonOption.check("--html", html.resolve(PAGE));
    }
    if (markdown != null) {
      JsonOption.check("--markdown", markdown);
    }
  }

  void write(SuiteReport report) throws IOException {
    if (html != null) {
      SuitePage.write(html.resolve(PAGE), report);
    }
    if (markdown != null) {
      SuiteMarkdown.write(markdown, report);
    }
  }
}
