// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.report.HtmlPage;
import java.io.IOException;
import java.nio.file.Path;

/** A suite as one HTML file. */
public final class SuitePage {
  private static final String TEMPLATE = "/io/hakmem/lab/suite/report.html";

  private SuitePage() {}

  /** Writes the file. */
  public static void write(Path file, SuiteReport report) throws IOException {
    HtmlPage.write(file, TEMPLATE, report);
  }
}
