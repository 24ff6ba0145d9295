// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.ab.AbRuns;
import io.hakmem.lab.ab.AbRuns.Block;
import io.hakmem.lab.ab.Arm;
import io.hakmem.lab.measure.PageFaults;
import io.hakmem.lab.report.JsonFile;
import io.hakmem.lab.run.SubjectSamples.Timed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class HalvingTest {
  private static final Arm DEFAULTS = arm("defaults");
  private static final List<Arm> CANDIDATES =
      List.of(arm("8"), arm("11"), arm("5"), arm("10"), arm("14"), arm("9"), arm("12"));

  private final Random random = new Random(1);
  private final List<Integer> arms = new ArrayList<>();
  private int blocksRun;
  private int blocksLeft = Integer.MAX_VALUE;

  @Test
  void best_isTheFastestAndTriedByMoreAndMoreBlocks() {
    assertEquals(Optional.of(arm("5")), search(TuneState.empty("")).best(CANDIDATES));
    assertEquals(List.of(8, 5, 3), arms, "seven candidates, four, two; the defaults with each");
    assertEquals(2 + 4 + 8, blocksRun);
  }

  @Test
  void search_thatRanOutOfTime_goesOnFromWhereItWas() throws Exception {
    List<String> kept = new ArrayList<>();
    blocksLeft = 5;
    Halving cut =
        new Halving(DEFAULTS, this::compare, TuneState.empty(""), it -> kept.add(json(it)));
    assertEquals(Optional.empty(), cut.best(CANDIDATES));
    assertEquals(5, kept.size(), "kept after each block");
    TuneState restored = new ObjectMapper().readValue(kept.getLast(), TuneState.class);
    blocksLeft = Integer.MAX_VALUE;
    assertEquals(Optional.of(arm("5")), search(restored).best(CANDIDATES));
    assertEquals(2 + 4 + 8, blocksRun, "no block twice");
  }

  @Test
  void candidates_areEachAnotherSettingOfOneKnob() {
    List<Arm> all = Candidates.all();
    assertTrue(all.size() > 8, all::toString);
    assertEquals(all.size(), all.stream().map(Arm::label).distinct().count());
    assertTrue(all.stream().allMatch(arm -> arm.flags().size() == 1));
  }

  private Halving search(TuneState state) {
    return new Halving(DEFAULTS, this::compare, state, it -> {});
  }

  /** Labels are the true nanoseconds of an operation. */
  private void compare(List<Arm> asked, int blocks, int seed, Consumer<AbRuns> afterBlock) {
    arms.add(asked.size());
    List<Block> done = new ArrayList<>();
    while (done.size() < blocks && blocksLeft-- > 0) {
      List<List<Timed>> columns = new ArrayList<>();
      asked.forEach(arm -> columns.add(List.of(run(arm))));
      columns.add(List.of(run(DEFAULTS)));
      done.add(new Block(columns));
      blocksRun++;
      afterBlock.accept(new AbRuns(asked, List.of(), done, List.of()));
    }
  }

  private Timed run(Arm arm) {
    double nanos = arm.equals(DEFAULTS) ? 10 : Double.parseDouble(arm.label());
    return new Timed(
        Math.round(1e6 * nanos * Math.exp(0.02 * random.nextGaussian())),
        1_000_000,
        OptionalLong.empty(),
        new PageFaults(0, 0),
        new TreeMap<>(),
        new TreeMap<>(),
        Optional.empty());
  }

  private static String json(TuneState state) {
    try {
      return JsonFile.text(state);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Arm arm(String label) {
    return new Arm(label, List.of(), List.of());
  }
}
