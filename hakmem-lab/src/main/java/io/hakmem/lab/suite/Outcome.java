// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.compare.Matchup;
import io.hakmem.lab.compare.NoiseFloor;
import io.hakmem.lab.compare.NoiseFloor.Twins;
import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.report.BenchReport.SubjectReport;
import io.hakmem.lab.run.CampaignResult;
import io.hakmem.lab.run.SubjectSamples;
import io.hakmem.lab.subject.SubjectCatalog;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What one workload of the suite gave, and the matches on it.
 *
 * @param workload the line of the plan
 * @param result all samples
 * @param report their summary
 */
public record Outcome(SuiteWorkload workload, CampaignResult result, BenchReport report) {

  /** The two sets of runs of hakmem; empty if one of them gave no result. */
  Optional<Twins> twins() {
    return result
        .twin()
        .flatMap(
            twin ->
                times(twin.spec().name()).flatMap(first -> Twins.of(first, twin.nanosByRound())));
  }

  /** Names of the subjects that gave a result and are allocators. */
  Stream<String> allocators() {
    return measured().filter(samples -> !samples.spec().isNull()).map(it -> it.spec().name());
  }

  /** Times of the runs of a subject, by round; empty if it gave no result. */
  private Optional<double[]> times(String subject) {
    return measured()
        .filter(samples -> samples.spec().name().equals(subject))
        .findFirst()
        .map(SubjectSamples::nanosByRound);
  }

  private Stream<SubjectSamples> measured() {
    return result.subjects().stream().filter(samples -> !samples.timed().isEmpty());
  }

  private Stream<String> natives() {
    return allocators().filter(Outcome::isNative);
  }

  private static boolean isNative(String subject) {
    return subject.startsWith(SubjectCatalog.NATIVE_PREFIX);
  }

  /** How many times as fast as the opponent a subject is; empty where one of them did not run. */
  Optional<Matchup> time(String subject, String opponent) {
    List<double[]> others =
        opponent.equals(Standing.BEST_NATIVE)
            ? natives().map(this::times).flatMap(Optional::stream).toList()
            : times(opponent).stream().toList();
    return others.isEmpty()
        ? Optional.empty()
        : times(subject).flatMap(own -> Matchup.againstBest(own, others));
  }

  /** The same without the time of the bare loops. */
  Optional<Matchup> net(String subject, String opponent) {
    Optional<String> other =
        opponent.equals(Standing.BEST_NATIVE) ? bestNative(subject) : Optional.of(opponent);
    Optional<double[]> own = times(subject);
    Optional<double[]> ownLoop = loop(subject);
    Optional<double[]> others = other.flatMap(this::times);
    Optional<double[]> othersLoop = other.flatMap(this::loop);
    return own.isEmpty() || ownLoop.isEmpty() || others.isEmpty() || othersLoop.isEmpty()
        ? Optional.empty()
        : Matchup.net(own.get(), ownLoop.get(), others.get(), othersLoop.get());
  }

  private Optional<double[]> loop(String subject) {
    return measured()
        .filter(samples -> samples.spec().isNull())
        .filter(samples -> isNative(samples.spec().name()) == isNative(subject))
        .findFirst()
        .map(SubjectSamples::nanosByRound);
  }

  private Optional<String> bestNative(String subject) {
    return subject(subject)
        .map(SubjectReport::againstBestNative)
        .map(BenchReport.AgainstBest::subject);
  }

  /** How many times as much as a subject the opponent holds at peak live. */
  OptionalDouble memory(String subject, String opponent) {
    OptionalDouble own = committed(subject);
    OptionalDouble others =
        opponent.equals(Standing.BEST_NATIVE)
            ? natives().flatMapToDouble(name -> committed(name).stream()).min()
            : committed(opponent);
    return own.isEmpty() || others.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(others.getAsDouble() / own.getAsDouble());
  }

  private OptionalDouble committed(String subject) {
    return subject(subject).stream()
        .map(SubjectReport::peakCommittedBytes)
        .flatMap(Stream::ofNullable)
        .mapToDouble(Long::doubleValue)
        .filter(bytes -> bytes > 0)
        .findFirst();
  }

  /** Figures of a subject; empty if it gave no result. */
  Optional<SubjectReport> subject(String name) {
    return report.results().stream().filter(it -> it.subject().equals(name)).findFirst();
  }

  /** What the runs of this workload alone show of hakmem against the planted subject. */
  Verdict plantedVerdict() {
    Optional<double[]> own = times(SubjectCatalog.HAKMEM);
    Optional<double[]> planted = times(SubjectCatalog.PLANTED);
    Optional<Twins> twins = twins();
    return own.isEmpty() || planted.isEmpty() || twins.isEmpty()
        ? Verdict.NO_DIFFERENCE_SHOWN
        : Verdict.of(own.get(), planted.get(), NoiseFloor.ofMean(List.of(twins.get())));
  }
}
