// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.lab.compare.Matchup;
import io.hakmem.lab.compare.NoiseFloor;
import io.hakmem.lab.compare.Ratio;
import io.hakmem.lab.compare.Summary;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.run.CampaignResult;
import io.hakmem.lab.run.SubjectSamples;
import io.hakmem.lab.subject.SubjectCatalog;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The subjects of one campaign against each other. */
final class Comparison {
  private final CampaignResult result;
  private final Optional<NoiseFloor> noiseFloor;

  Comparison(CampaignResult result) {
    this.result = result;
    noiseFloor = result.twin().flatMap(this::floorAgainst);
  }

  private Optional<NoiseFloor> floorAgainst(SubjectSamples twin) {
    return measured(twin.spec().name())
        .flatMap(first -> NoiseFloor.of(first.nanosByRound(), twin.nanosByRound()));
  }

  /** What the subject that ran twice differs from itself by; empty if one gave no result. */
  Optional<NoiseFloor> noiseFloor() {
    return noiseFloor;
  }

  /** Subjects that gave at least one timed run. */
  List<SubjectSamples> measured() {
    return result.subjects().stream().filter(samples -> !samples.timed().isEmpty()).toList();
  }

  Optional<SubjectSamples> measured(String name) {
    return measured().stream().filter(samples -> samples.spec().name().equals(name)).findFirst();
  }

  /** The C library's malloc called from C. */
  Optional<SubjectSamples> glibc() {
    return measured(SubjectCatalog.GLIBC);
  }

  /** The fastest allocator called from C: the one to which this one compares worst. */
  Optional<SubjectSamples> bestNative(SubjectSamples samples) {
    return measured().stream()
        .filter(other -> isNative(other) && !other.spec().isNull())
        .filter(other -> match(samples, other).isPresent())
        .min(Comparator.comparingDouble(other -> match(samples, other).orElseThrow().value()));
  }

  /** The bare loop in the subject's language. */
  Optional<SubjectSamples> loop(SubjectSamples samples) {
    return measured().stream()
        .filter(other -> other.spec().isNull() && isNative(other) == isNative(samples))
        .findFirst();
  }

  /** What a ratio is made of, without its interval, which takes much longer. */
  private static Optional<Matchup> match(SubjectSamples samples, SubjectSamples other) {
    return Matchup.againstBest(samples.nanosByRound(), List.of(other.nanosByRound()));
  }

  /** How many times as fast as the other; empty if they never ran in the same round. */
  static Optional<Ratio> ratio(SubjectSamples samples, SubjectSamples other) {
    return Ratio.of(samples.nanosByRound(), other.nanosByRound());
  }

  Verdict verdict(SubjectSamples samples, SubjectSamples other) {
    return Verdict.of(
        samples.nanosByRound(), other.nanosByRound(), noiseFloor.orElse(NoiseFloor.NONE));
  }

  static double medianNanos(SubjectSamples samples) {
    return Summary.of(samples.nanosPerOperation()).median();
  }

  private static boolean isNative(SubjectSamples samples) {
    return samples.spec().name().startsWith(SubjectCatalog.NATIVE_PREFIX);
  }
}
