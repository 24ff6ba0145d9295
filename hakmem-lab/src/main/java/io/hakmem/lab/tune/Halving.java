// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.tune;

import io.hakmem.lab.ab.AbRuns;
import io.hakmem.lab.ab.Arm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Finds the candidate that looks best: halves them again and again, with twice the blocks. */
public final class Halving {
  /*
   * Whoever looks best of many was lucky as well: what comes out is a candidate to be confirmed by
   * blocks of its own, never a result.
   */

  /** Compares arms with the first of them. */
  @FunctionalInterface
  public interface Comparer {
    /** Runs so many blocks; tells after each what there is. Fewer come back if time runs out. */
    void compare(List<Arm> arms, int blocks, int seed, Consumer<AbRuns> afterBlock);
  }

  private static final int FIRST_BLOCKS = 2;

  private final Arm defaults;
  private final Comparer comparer;
  private final TuneState state;
  private final Consumer<TuneState> keep;

  /** A search that goes on from a state and hands it out after each block. */
  public Halving(Arm defaults, Comparer comparer, TuneState state, Consumer<TuneState> keep) {
    this.defaults = defaults;
    this.comparer = comparer;
    this.state = state;
    this.keep = keep;
  }

  /** The best of at least one; empty if time ran out before. */
  public Optional<Arm> best(List<Arm> candidates) {
    List<Arm> left = candidates;
    for (int rung = 0; left.size() > 1; rung++) {
      int blocks = FIRST_BLOCKS << rung;
      measure(rung, left, blocks);
      if (state.rung(rung).size() < blocks) {
        return Optional.empty();
      }
      left = better(left, state.rung(rung));
    }
    return Optional.of(left.getFirst());
  }

  private void measure(int rung, List<Arm> candidates, int blocks) {
    List<Map<String, Double>> measured = state.rung(rung);
    int done = measured.size();
    if (done >= blocks) {
      return;
    }
    List<Arm> arms = new ArrayList<>(candidates);
    arms.addFirst(defaults);
    comparer.compare(
        arms,
        blocks - done,
        100 * rung + done,
        runs -> {
          if (runs.blocks().size() > measured.size() - done) {
            measured.add(lastBlock(runs));
            keep.accept(state);
          }
        });
  }

  private static Map<String, Double> lastBlock(AbRuns runs) {
    Map<String, Double> ratios = new HashMap<>();
    for (int arm = 1; arm < runs.arms().size(); arm++) {
      double[] ofBlocks = runs.logRatios(arm);
      ratios.put(runs.arms().get(arm).label(), ofBlocks[ofBlocks.length - 1]);
    }
    return ratios;
  }

  /** The better half, rounded up; an arm that could not run is the worst. */
  private static List<Arm> better(List<Arm> candidates, List<Map<String, Double>> blocks) {
    Comparator<Arm> bySpeed =
        Comparator.comparingDouble(
            arm ->
                blocks.stream()
                    .mapToDouble(block -> block.getOrDefault(arm.label(), Double.NEGATIVE_INFINITY))
                    .sum());
    return candidates.stream()
        .sorted(bySpeed.reversed())
        .limit((candidates.size() + 1) / 2)
        .toList();
  }
}
