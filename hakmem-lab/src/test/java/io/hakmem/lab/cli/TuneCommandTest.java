// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.ab.Arm;
import io.hakmem.lab.ab.GivenArms;
import io.hakmem.lab.report.JsonFile;
import io.hakmem.lab.tune.Candidates;
import io.hakmem.lab.tune.TuneState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search that goes on from what was measured. */
class TuneCommandTest {
  private static final String SEARCH = " --blocks 12 --millis 1000 --seed 42 pair 1000";
  private static final int WORKLOADS = 3; // the one asked for, and two others

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @Test
  void tune_withEverythingMeasured_runsNothing() throws Exception {
    TuneState state = TuneState.empty(SEARCH);
    List<Arm> left = Candidates.all();
    for (int blocks = 2; left.size() > 1; blocks *= 2) {
      state.rungs().add(new ArrayList<>(Collections.nCopies(blocks, ratios(left))));
      left = left.subList(0, (left.size() + 1) / 2);
    }
    state.confirmed().addAll(Collections.nCopies(WORKLOADS, GivenArms.example()));
    Path file = folder.resolve("state.json");
    JsonFile.write(file, state);
    // A crash of any run would be a failure.
    assertEquals(Main.OK, tune(file, "--jvm -XX:Nonsense"), err::toString);
    String best = Candidates.all().getFirst().label();
    assertTrue(
        out.toString().endsWith("the defaults stand: " + best + " is not shown to be better\n"),
        out::toString);
  }

  /** The first one is the best, the last one the worst. */
  private static Map<String, Double> ratios(List<Arm> arms) {
    Map<String, Double> ratios = new HashMap<>();
    for (Arm arm : arms) {
      ratios.put(arm.label(), (double) -ratios.size());
    }
    return ratios;
  }

  @Test
  void tune_fromTheStateOfAnotherSearchOrNone_isBadUsage() throws Exception {
    Path file = folder.resolve("state.json");
    JsonFile.write(file, TuneState.empty(" --blocks 1 random-mixed"));
    assertEquals(Main.BAD_USAGE, tune(file, ""));
    Files.writeString(file, "no JSON");
    assertEquals(Main.BAD_USAGE, tune(file, ""));
    assertEquals(
        List.of(
            "is of another call:  --blocks 1 random-mixed",
            "is no state of this command; remove it"),
        err.toString().lines().map(line -> line.replaceFirst(".*state\\.json ", "")).toList());
  }

  private int tune(Path state, String more) {
    List<String> words = new ArrayList<>(List.of("tune", "pair", "1000", "--state"));
    words.add(state.toString());
    words.addAll(more.isEmpty() ? List.of() : List.of(more.split(" ", -1)));
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words.toArray(String[]::new));
  }
}
