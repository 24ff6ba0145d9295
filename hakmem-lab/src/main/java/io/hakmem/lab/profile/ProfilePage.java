// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import io.hakmem.lab.report.HtmlPage;
import java.io.IOException;
import java.nio.file.Path;

/** A profile as one HTML file; the flame graph lies beside it. */
public final class ProfilePage {
  private static final String TEMPLATE = "/io/hakmem/lab/profile/profile.html";

  private ProfilePage() {}

  /** Writes the file. */
  public static void write(Path file, ProfileReport report) throws IOException {
    HtmlPage.write(file, TEMPLATE, report);
  }
}
