// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What the allocator does not share, counted in an instrumented build; with {@code
 * -Dhakmem.scale.operations=N}, in {@code mvn -Pscale verify}, the tables of docs/scale.md.
 */
final class ScaleTest {

  private static final int OPERATIONS = Integer.getInteger("hakmem.scale.operations", 0);
  private static final int MOST_THREADS = 256;

  /** Enough for some hundred refills. */
  private static final int FEW_OPERATIONS = 40_000;

  @Test
  void ownFrees_shareNothing_howeverManyThreads() {
    ScaleFigures one = ScaleFigures.of(ScaleScenario.LOCAL, 1, FEW_OPERATIONS);
    ScaleFigures many = ScaleFigures.of(ScaleScenario.LOCAL, 16, FEW_OPERATIONS);
    for (ScaleFigures each : new ScaleFigures[] {one, many}) {
      assertTrue(each.perMillion("quiet") > 990_000, () -> "operations alone: " + each);
      assertEquals(0, each.perMillion("atomicsWithoutLock"), () -> "atomics: " + each);
    }
    // With a sixteenth of the operations for each thread, the few refills of a start weigh more.
    assertTrue(many.perMillion("locks") < one.perMillion("locks") + 3_000, () -> "locks: " + many);
    assertTrue(many.perMillion("transfers") < 20_000, () -> "transfers: " + many);
  }

  @Test
  void counting_findsWhatIsShared() {
    ScaleFigures one = ScaleFigures.of(ScaleScenario.RUNS, 1, 2_000);
    ScaleFigures two = ScaleFigures.of(ScaleScenario.RUNS, 2, 2_000);
    assertEquals(0, one.perMillion("transfers"), one::toString);
    assertEquals(0, one.perMillion("sharedWrites"), one::toString);
    assertTrue(two.perMillion("lock.Runs") >= 1_000_000, () -> "one lock a call: " + two);
    assertTrue(two.perMillion("handOvers") > 400_000, () -> "half of them from the other: " + two);
  }

  @Test
  void freesForOthers_takeALockForABatch() {
    ScaleFigures others = ScaleFigures.of(ScaleScenario.PIPELINE, 8, FEW_OPERATIONS);
    assertTrue(others.perMillion("locks") < 150_000, () -> "locks: " + others);
    assertEquals(0, others.perMillion("atomicsWithoutLock"), () -> "atomics: " + others);
  }

  /** All of them when asked for, else the two whose threads come and go. */
  @Test
  void tables_haveARowForEachNumberOfThreads() throws IOException {
    boolean all = OPERATIONS > 0;
    ScaleScenario[] scenarios =
        all
            ? ScaleScenario.values()
            : new ScaleScenario[] {ScaleScenario.CHURN, ScaleScenario.VIRTUAL};
    StringBuilder page = new StringBuilder();
    for (ScaleScenario scenario : scenarios) {
      page.append("\n### ").append(scenario.title).append("\n\n").append(ScaleFigures.header());
      for (int threads = 1; threads <= (all ? MOST_THREADS : 2); threads *= 2) {
        page.append(ScaleFigures.of(scenario, threads, all ? OPERATIONS : 2_000).row());
      }
    }
    Files.writeString(Path.of("target", "scale.md"), page);
    assertEquals(
        scenarios.length * (all ? 9L : 2L),
        page.toString().lines().filter(line -> line.matches("\\| \\d.*")).count());
  }
}
