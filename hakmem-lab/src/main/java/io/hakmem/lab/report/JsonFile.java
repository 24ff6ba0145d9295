// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes results as JSON. */
public final class JsonFile {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonFile() {}

  /** Writes one report by itself, several as {@code {"workloads": [ … ]}} with their means. */
  public static void write(Path file, List<BenchReport> reports) throws IOException {
    if (reports.size() == 1) {
      write(file, reports.getFirst());
      return;
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("workloads", reports);
    all.put("geometricMeans", GeometricMeans.of(reports));
    write(file, all);
  }

  /** Writes any value made of records, maps and lists. */
  public static void write(Path file, Object value) throws IOException {
    Files.writeString(file, text(value) + "\n");
  }

  /** A value as it is written. */
  public static String text(Object value) throws IOException {
    return MAPPER.writeValueAsString(value);
  }
}
