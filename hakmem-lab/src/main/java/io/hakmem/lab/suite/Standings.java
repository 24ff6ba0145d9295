// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.compare.Matchup;
import io.hakmem.lab.compare.NoiseFloor.Twins;
import io.hakmem.lab.subject.SubjectCatalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.GeometricMean;
import org.jspecify.annotations.Nullable;

/** Who stands how against whom over all workloads. */
final class Standings {
  private record Pairing(String subject, String opponent) {}

  static final String HAKMEM_ARENA = "hakmem-arena";
  static final String HAKMEM_HEAP = "hakmem-heap";
  static final String ARENA_CONFINED = "jvm-arena-confined";
  static final String ARENA_SHARED = "jvm-arena-shared";
  static final String HAKMEM_PARQUET = "hakmem-parquet";
  static final String PARQUET_DIRECT = "jvm-parquet-direct";

  /** Arenas and heaps among themselves, and adapters against what they replace. */
  private static final List<Pairing> PEERS =
      List.of(
          new Pairing(HAKMEM_ARENA, ARENA_CONFINED),
          new Pairing(HAKMEM_HEAP, ARENA_SHARED),
          new Pairing("hakmem-netty", "jvm-netty-adaptive"),
          new Pairing("hakmem-netty", "jvm-netty-pooled"),
          new Pairing("hakmem-arrow", "jvm-arrow-netty"),
          new Pairing(HAKMEM_PARQUET, PARQUET_DIRECT),
          new Pairing("hakmem-ignite", "jvm-ignite-unsafe"),
          new Pairing("hakmem-lwjgl", "jvm-lwjgl-mimalloc"),
          new Pairing("hakmem-lwjgl", "jvm-lwjgl-rpmalloc"),
          new Pairing("hakmem-lwjgl", "jvm-lwjgl-jemalloc"));

  private final List<Outcome> outcomes;

  Standings(List<Outcome> outcomes) {
    this.outcomes = outcomes;
  }

  /**
   * hakmem in all its forms against the best native of each workload, then hakmem against everybody
   * else, then arenas, heaps and adapters against their like; those that met on at least one
   * workload.
   */
  List<Standing> all() {
    return pairings().stream()
        .map(pairing -> against(pairing.subject(), pairing.opponent()))
        .flatMap(Optional::stream)
        .toList();
  }

  private Set<Pairing> pairings() {
    List<String> all =
        outcomes.stream()
            .flatMap(Outcome::allocators)
            .distinct()
            .filter(subject -> !subject.equals(SubjectCatalog.PLANTED))
            .toList();
    Set<Pairing> pairings = new LinkedHashSet<>();
    all.stream()
        .filter(Standings::isOurs)
        .forEach(subject -> pairings.add(new Pairing(subject, Standing.BEST_NATIVE)));
    all.stream()
        .filter(subject -> !isOurs(subject))
        .forEach(subject -> pairings.add(new Pairing(SubjectCatalog.HAKMEM, subject)));
    pairings.addAll(PEERS);
    return pairings;
  }

  private static boolean isOurs(String subject) {
    return subject.startsWith(SubjectCatalog.HAKMEM);
  }

  /** A subject against an opponent; empty if they never met. */
  Optional<Standing> against(String subject, String opponent) {
    List<Outcome> met =
        outcomes.stream().filter(outcome -> outcome.time(subject, opponent).isPresent()).toList();
    if (met.isEmpty()) {
      return Optional.empty();
    }
    List<Outcome> bound =
        met.stream().filter(outcome -> outcome.workload().isAllocatorBound()).toList();
    ToDoubleFunction<Outcome> ratio =
        outcome -> outcome.time(subject, opponent).orElseThrow().value();
    Outcome worst = met.stream().min(Comparator.comparingDouble(ratio)).orElseThrow();
    Score time = score(met, outcome -> outcome.time(subject, opponent)).orElseThrow();
    return Optional.of(
        new Standing(
            subject,
            opponent,
            time,
            score(bound, outcome -> outcome.time(subject, opponent)).orElse(null),
            score(met, outcome -> outcome.net(subject, opponent)).orElse(null),
            worst.workload().label(),
            ratio.applyAsDouble(worst),
            memory(subject, opponent)));
  }

  private static Optional<Score> score(
      List<Outcome> outcomes, Function<Outcome, Optional<Matchup>> match) {
    List<Matchup> matchups = new ArrayList<>();
    List<Twins> twins = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      match
          .apply(outcome)
          .ifPresent(
              matchup -> {
                matchups.add(matchup);
                outcome.twins().ifPresent(twins::add);
              });
    }
    return matchups.isEmpty() ? Optional.empty() : Optional.of(Score.of(matchups, twins));
  }

  private Standing.@Nullable Memory memory(String subject, String opponent) {
    List<Outcome> told =
        outcomes.stream().filter(outcome -> outcome.memory(subject, opponent).isPresent()).toList();
    if (told.isEmpty()) {
      return null;
    }
    ToDoubleFunction<Outcome> ratio = outcome -> outcome.memory(subject, opponent).orElseThrow();
    Outcome worst = told.stream().min(Comparator.comparingDouble(ratio)).orElseThrow();
    return new Standing.Memory(
        told.size(),
        GeometricMean.of(told.stream().mapToDouble(ratio).toArray()).getAsDouble(),
        worst.workload().label(),
        ratio.applyAsDouble(worst));
  }
}
