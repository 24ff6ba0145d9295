// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.run.RunFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlameDifferencesTest {
  private static final List<Arm> ARMS = List.of(arm("KEY=1"), arm("KEY=2 </script>"), arm("KEY=3"));

  @TempDir Path folder;

  private static Arm arm(String label) {
    return new Arm(label, List.of(), List.of());
  }

  @Test
  void graphs_areOfEachArmAgainstTheBaseline() throws Exception {
    List<String> problems = new ArrayList<>();
    Map<String, String> files =
        FlameDifferences.write(folder, ARMS, (arm, file) -> stacks(arm), problems::add);
    assertEquals(Map.of("KEY=2 </script>", "difference-1.html"), files);
    assertEquals(List.of("no flame graph of KEY=3: it crashed"), problems);
    String page = Files.readString(folder.resolve("difference-1.html"));
    assertTrue(page.contains("io.hakmem.Hakmem.free"), page);
    assertTrue(page.contains("against KEY=1"), "the title");
    assertFalse(page.contains("KEY=2 </script>"), "a label is no markup");
  }

  @Test
  void graph_dependsOnTheBaselineAsWell() throws Exception {
    Path same = folder.resolve("same.html");
    Path other = folder.resolve("other.html");
    FlameDifferences.write(same, stacks(ARMS.get(1)), stacks(ARMS.get(1)), "a title");
    FlameDifferences.write(other, stacks(ARMS.get(0)), stacks(ARMS.get(1)), "a title");
    assertNotEquals(Files.readString(same), Files.readString(other));
  }

  @Test
  void graphs_ofABaselineThatCannotRun_areNone() throws Exception {
    List<String> problems = new ArrayList<>();
    List<Arm> arms = ARMS.reversed();
    assertEquals(
        Map.of(), FlameDifferences.write(folder, arms, (arm, file) -> stacks(arm), problems::add));
    assertEquals(1, problems.size());
  }

  private static String stacks(Arm arm) throws RunFailure {
    if (arm.label().equals("KEY=3")) {
      throw new RunFailure("it crashed");
    }
    return "a.B.run_[j];io.hakmem.Hakmem.free_[i] "
        + (arm.label().equals("KEY=1") ? 10 : 30)
        + "\na.B.run_[j] 10\n";
  }
}
