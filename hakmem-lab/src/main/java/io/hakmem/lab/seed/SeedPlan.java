// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import io.hakmem.lab.compare.Paired;
import java.util.List;

/**
 * The experiments.
 *
 * @param profiles where the time goes, the seed's own workload first
 * @param experiments comparisons, the most wanted first: the time may not suffice for all
 */
public record SeedPlan(List<Profile> profiles, List<Experiment> experiments) {
  public SeedPlan {
    profiles = List.copyOf(profiles);
    experiments = List.copyOf(experiments);
  }

  /** A step of the seed's plan that compares something. */
  public enum Step {
    DRAIN_INTERVAL,
    FRONT_CACHE,
    CLASSIFICATION
  }

  /**
   * A profile.
   *
   * @param key of its results; part of the names of files
   * @param workload name and arguments
   */
  public record Profile(String key, List<String> workload) {
    /** As on the command line. */
    public String words() {
      return String.join(" ", workload);
    }
  }

  /**
   * A comparison.
   *
   * @param key of its results; part of the names of files
   * @param step that it belongs to
   * @param workload name and arguments
   * @param sets of knobs, the default first in each; none compares with and without checks
   */
  public record Experiment(String key, Step step, List<String> workload, List<String> sets) {
    /** As on the command line. */
    public String words() {
      return String.join(" ", workload);
    }

    /** So many that one block that says otherwise does not hide a difference. */
    public static int blocks(int arms) {
      return Paired.leastBlocks(arms - 1) + 1;
    }
  }

  private static final List<String> DRAIN =
      List.of("HAKMEM_TINY_SLL_DRAIN_INTERVAL=8192,512,1024,2048");
  private static final List<String> CACHE_AND_HOT =
      List.of("HAKMEM_TINY_FAST_CAP=256,64,512", "HAKMEM_TINY_REFILL_COUNT_HOT=128,32");
  private static final List<String> CACHE_AND_MID =
      List.of("HAKMEM_TINY_FAST_CAP=256,64", "HAKMEM_TINY_REFILL_COUNT_MID=8,32");

  /** The seed's experiments, and its working sets where the seed says block sizes. */
  public static SeedPlan full() {
    return new SeedPlan(
        List.of(
            new Profile("random-mixed", mixed(500_000, 256)),
            new Profile("long-run", mixed(20_000_000, 256))),
        List.of(
            new Experiment("drain-256", Step.DRAIN_INTERVAL, mixed(500_000, 256), DRAIN),
            new Experiment("drain-128", Step.DRAIN_INTERVAL, mixed(500_000, 128), DRAIN),
            new Experiment("checks", Step.CLASSIFICATION, mixed(500_000, 256), List.of()),
            new Experiment("cache-hot", Step.FRONT_CACHE, mixed(500_000, 256), CACHE_AND_HOT),
            new Experiment(
                "cache-mid",
                Step.FRONT_CACHE,
                List.of("random-mixed", "500000", "256", "42", "1025", "4096"),
                CACHE_AND_MID),
            new Experiment("drain-8192", Step.DRAIN_INTERVAL, mixed(2_000_000, 8192), DRAIN),
            new Experiment(
                "drain-hand-over",
                Step.DRAIN_INTERVAL,
                List.of("producer-consumer", "1000", "1024", "42"),
                DRAIN)));
  }

  private static List<String> mixed(int operations, int slots) {
    return List.of("random-mixed", "" + operations, "" + slots, "42");
  }

  /** The experiments of a step. */
  public List<Experiment> of(Step step) {
    return experiments.stream().filter(it -> it.step() == step).toList();
  }
}
