// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.ab.AbRuns.Block;
import io.hakmem.lab.ab.AbRuns.Counted;
import io.hakmem.lab.ab.AbRuns.Failure;
import io.hakmem.lab.run.Campaign.Progress;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.SubjectSamples.Timed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Runs all arms in blocks. */
public final class AbCampaign {
  /*
   * First two runs of each arm of exactly two passes, for the counters: what is the same in both is
   * free of noise, and an arm that cannot run is known before the hours begin. Then blocks: each runs
   * all arms in a random order and then in the reverse one, ABBA where there are two, so that a
   * machine that steadily gets slower or faster takes as much from each. The baseline takes part
   * twice, as its own twin: what lies between the two is noise, and of the same hour as the rest.
   */

  /** Makes one run of an arm. */
  public interface Runner {
    /** A run of passes for as long as the plan says. */
    Timed timed(Arm arm) throws RunFailure;

    /** The same of an arm or, where that is something else, of its twin. */
    default Timed timed(Arm arm, boolean twin) throws RunFailure {
      return timed(arm);
    }

    /** A run of one untimed pass and one timed one. */
    Timed counted(Arm arm) throws RunFailure;
  }

  private static final int RUNS_IN_BLOCK = 2;

  private final AbPlan plan;
  private final Runner runner;
  private final Progress progress;
  private final Consumer<AbRuns> afterBlock;
  private final Random random;
  private int run;
  private int runs;

  /** A campaign that hands out what it has after each block. */
  public AbCampaign(AbPlan plan, Runner runner, Progress progress, Consumer<AbRuns> afterBlock) {
    this.plan = plan;
    this.runner = runner;
    this.progress = progress;
    this.afterBlock = afterBlock;
    random = new Random(plan.seed());
  }

  /** Runs them all, the first one as the baseline; a run that fails costs its block. */
  public AbRuns run(List<Arm> asked) {
    List<Failure> failures = new ArrayList<>();
    List<Arm> arms = new ArrayList<>();
    List<Counted> counted = new ArrayList<>();
    run = 0;
    runs = asked.size() * 2 + plan.blocks() * (asked.size() + 1) * RUNS_IN_BLOCK;
    for (Arm arm : asked) {
      try {
        counted.add(new Counted(counted(arm), counted(arm)));
        arms.add(arm);
      } catch (RunFailure e) {
        failures.add(new Failure(arm.label(), e.reason()));
      }
    }
    List<Block> blocks = new ArrayList<>();
    if (arms.isEmpty() || !arms.getFirst().equals(asked.getFirst())) {
      return new AbRuns(List.of(), List.of(), List.of(), failures); // nothing to compare with
    }
    for (int block = 0; block < plan.blocks(); block++) {
      block(arms, failures).ifPresent(blocks::add);
      afterBlock.accept(new AbRuns(arms, counted, blocks, failures));
    }
    return new AbRuns(arms, counted, blocks, failures);
  }

  private Timed counted(Arm arm) throws RunFailure {
    progress.next(++run, runs, arm.label(), "counters");
    return runner.counted(arm);
  }

  private Optional<Block> block(List<Arm> arms, List<Failure> failures) {
    int columns = arms.size() + 1;
    List<List<Timed>> results = new ArrayList<>();
    IntStream.range(0, columns).forEach(column -> results.add(new ArrayList<>()));
    for (int column : order(columns)) {
      Arm arm = arms.get(column % arms.size()); // the last column is the first arm's twin
      try {
        progress.next(++run, runs, arm.label(), "block");
        results.get(column).add(runner.timed(arm, column == arms.size()));
      } catch (RunFailure e) {
        failures.add(new Failure(arm.label(), e.reason()));
        return Optional.empty();
      }
    }
    return Optional.of(new Block(results));
  }

  private List<Integer> order(int columns) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, columns).boxed().toList());
    Collections.shuffle(order, random);
    order.addAll(List.copyOf(order).reversed());
    return order;
  }
}
