// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeometricMeansTest {
  @Test
  void of_takesSubjectsWithResultsEverywhere() throws Exception {
    List<BenchReport> reports =
        List.of(
            report(subject("a", 2, 150), subject("b", 3, 100), subject("c", 1, 0)),
            report(subject("c", 4, 300), subject("a", 8, 600)));
    List<GeometricMeans.Mean> means = GeometricMeans.of(reports);
    assertEquals(List.of("a", "c"), means.stream().map(GeometricMeans.Mean::subject).toList());
    assertEquals(4, means.getFirst().nsPerOp(), 1e-9);
    Double memory = means.getFirst().committedPerLive();
    assertTrue(memory != null && Math.abs(memory - 3) < 1e-9, () -> "" + memory);
    assertEquals(2, means.getLast().nsPerOp(), 1e-9);
    assertNull(means.getLast().committedPerLive(), "not told for the first workload");
  }

  private static BenchReport report(String... subjects) throws Exception {
    String json = "{\"workload\":\"w\",\"results\":[" + String.join(",", subjects) + "]}";
    return new ObjectMapper().readValue(json, BenchReport.class);
  }

  /** A subject that held so much for 100 live bytes; 0 for unknown. */
  private static String subject(String name, int nanos, int committed) {
    String memory = ",\"peakCommittedBytes\":" + committed + ",\"peakLiveBytes\":100";
    return "{\"subject\":\""
        + name
        + "\",\"nsPerOp\":{\"median\":"
        + nanos
        + "}"
        + (committed == 0 ? "" : memory)
        + "}";
  }
}
