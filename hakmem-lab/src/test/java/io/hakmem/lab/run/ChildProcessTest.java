// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
  private final ChildProcess processes = new ChildProcess(ChildProcess.RUN_LIMIT);

  @Test
  void results_areReadFromTheResultLineOnly() throws RunFailure {
    assertEquals(
        Map.of("a", "1", "b", "two"),
        processes.results(shell("echo noise x=9; echo result a=1 b=two; echo more")));
  }

  @Test
  void environment_reachesTheProcess() throws RunFailure {
    Command command =
        new Command(List.of("sh", "-c", "echo result a=$SOMETHING"), Map.of("SOMETHING", "here"));
    assertEquals(Map.of("a", "here"), processes.results(command));
  }

  @Test
  void crash_isReportedWithStatusAndMessage() {
    RunFailure e =
        assertThrows(
            RunFailure.class, () -> processes.results(shell("echo broken thing >&2; exit 3")));
    assertEquals("exit status 3: broken thing", e.reason());
  }

  @Test
  void hang_isEndedAndReported() {
    ChildProcess impatient = new ChildProcess(Duration.ofMillis(200));
    long start = System.nanoTime();
    RunFailure e =
        assertThrows(
            RunFailure.class, () -> impatient.results(new Command(List.of("sleep", "1200"))));
    assertTrue(e.reason().startsWith("no answer within"), e::reason);
    assertTrue(System.nanoTime() - start < 600_000_000_000L, "must not wait for the process");
  }

  @Test
  void silence_isAFailure() {
    RunFailure e = assertThrows(RunFailure.class, () -> processes.results(shell("echo hello")));
    assertEquals("printed no result", e.reason());
  }

  @Test
  void missingProgram_isAFailure() {
    assertThrows(
        RunFailure.class, () -> processes.output(new Command(List.of("/no/such/program"))));
  }

  private static Command shell(String script) {
    return new Command(List.of("sh", "-c", script));
  }
}
