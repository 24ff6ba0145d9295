// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.suite.SuiteMarkdown;
import io.hakmem.lab.suite.SuitePage;
import io.hakmem.lab.suite.SuiteReport;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --html} and {@code --markdown}. */
final class SuiteFiles {
  @Mixin private HtmlOption html = new HtmlOption();

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Also writes the tables as a page of Markdown.")
  private @Nullable Path markdown;

  SuiteFiles() {}

  /** Finds out before an hour of work that a file cannot be written. */
  void check() {
    html.check();
    if (markdown != null) {
      JsonOption.check("--markdown", markdown);
    }
  }

  void write(SuiteReport report) throws IOException {
    html.write(file -> SuitePage.write(file, report));
    if (markdown != null) {
      SuiteMarkdown.write(markdown, report);
    }
  }
}
