// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.report.JsonFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A suite as one HTML file that needs nothing else: charts, their library and the data in it. */
public final class SuitePage {
  private static final String TEMPLATE = "/io/hakmem/lab/suite/report.html";
  private static final String ECHARTS =
      "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js"; // of the webjar
  private static final String ECHARTS_PLACE = "/*@echarts@*/";
  private static final String REPORT_PLACE = "/*@report@*/";

  private SuitePage() {}

  /** Writes the file. */
  public static void write(Path file, SuiteReport report) throws IOException {
    String page =
        resource(TEMPLATE)
            .replace(ECHARTS_PLACE, resource(ECHARTS))
            .replace(REPORT_PLACE, embedded(JsonFile.text(report)));
    Files.writeString(file, page);
  }

  /** JSON that no browser takes for the end of the script: names and reasons come from outside. */
  private static String embedded(String json) {
    return json.replace("<", "\\u003c");
  }

  private static String resource(String name) {
    try (InputStream in = SuitePage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
