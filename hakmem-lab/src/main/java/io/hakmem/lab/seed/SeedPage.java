// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import io.hakmem.lab.report.HtmlPage;
import java.io.IOException;
import java.nio.file.Path;

/** The overview of all steps as one HTML file; the steps' pages lie in folders beside it. */
public final class SeedPage {
  private static final String TEMPLATE = "/io/hakmem/lab/seed/seed.html";

  private SeedPage() {}

  /** Writes the file. */
  public static void write(Path file, SeedReport report) throws IOException {
    HtmlPage.write(file, TEMPLATE, report);
  }
}
