// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.report.HtmlPage;
import java.io.IOException;
import java.nio.file.Path;

/** A comparison as one HTML file. */
public final class AbPage {
  private static final String TEMPLATE = "/io/hakmem/lab/ab/ab.html";

  private AbPage() {}

  /** Writes the file. */
  public static void write(Path file, AbReport report) throws IOException {
    HtmlPage.write(file, TEMPLATE, report);
  }
}
