// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TracepointsTest {
  private static final String ADVISE = "syscalls:sys_enter_madvise";

  @Test
  void counts_areReadFromPerfsTable() throws IOException {
    List<String> lines =
        List.of("# started on a day", "", "12,," + ADVISE + ",100,100.00,,", "3,,other,1,1,,");
    assertEquals(Map.of(ADVISE, 12L), Tracepoints.counts(lines, List.of(ADVISE)));
    assertThrows(
        IOException.class,
        () -> Tracepoints.counts(List.of("<not supported>,," + ADVISE + ",0,,,"), List.of(ADVISE)));
    assertThrows(IOException.class, () -> Tracepoints.counts(lines, List.of(ADVISE, "third")));
  }

  @Test
  void perf_thatRefuses_isAnExceptionOfOneLine() {
    IOException refusal =
        assertThrows(IOException.class, () -> Tracepoints.count(Map.of("no:such_event", "x == 1")));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("perf"), message);
    assertEquals(1, message.lines().count(), message);
  }
}
