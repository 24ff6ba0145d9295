// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A report as one HTML file that needs nothing else: style, charts, their library, the data. */
public final class HtmlPage {
  private static final String ECHARTS =
      "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js"; // of the webjar
  private static final String STYLE = "/io/hakmem/lab/report/page.css";
  private static final String LIBRARY = "/io/hakmem/lab/report/page.js"; // tables and charts

  private HtmlPage() {}

  /**
   * Writes the file.
   *
   * @param template a resource with places for the parts
   * @param report what {@link JsonFile} takes; the page's own script draws it
   */
  public static void write(Path file, String template, Object report) throws IOException {
    Files.writeString(file, text(template, report));
  }

  /** As it would be written. */
  public static String text(String template, Object report) throws IOException {
    return resource(template)
        .replace("/*@style@*/", resource(STYLE))
        .replace("/*@echarts@*/", resource(ECHARTS))
        .replace("/*@library@*/", resource(LIBRARY))
        .replace("/*@report@*/", embedded(JsonFile.text(report)));
  }

  /** JSON that no browser takes for the end of the script: names and reasons come from outside. */
  private static String embedded(String json) {
    return json.replace("<", "\\u003c");
  }

  private static String resource(String name) {
    try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
