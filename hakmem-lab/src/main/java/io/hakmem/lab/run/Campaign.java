// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.measure.Latencies;
import io.hakmem.lab.run.SubjectSamples.Cold;
import io.hakmem.lab.run.SubjectSamples.Idle;
import io.hakmem.lab.run.SubjectSamples.Latency;
import io.hakmem.lab.run.SubjectSamples.Memory;
import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.workload.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.HdrHistogram.Histogram;

/** Runs every subject on one workload, in rounds, each round in a new random order. */
public final class Campaign {
  /*
   * Machines have slow spells that last longer than a run. Rounds spread the runs of each subject
   * over the whole time, the random order keeps one subject from always following the same other.
   * One subject takes part twice: what lies between the two is noise.
   */

  /** Told before each run. */
  @FunctionalInterface
  public interface Progress {
    void next(int run, int runs, String subject, String mode);
  }

  private record Entrant(Launcher launcher, SubjectSamples samples) {}

  private final Workload workload;
  private final Runs asked;
  private final Progress progress;
  private final ChildProcess processes = new ChildProcess(ChildProcess.RUN_LIMIT);
  private final Random random = new Random();
  private int run;
  private int runs;

  /** A campaign of that many runs of each subject. */
  public Campaign(Workload workload, Runs asked, Progress progress) {
    this.workload = workload;
    this.asked = asked;
    this.progress = progress;
  }

  /** Runs them all; a run that fails is noted and the others go on. */
  public CampaignResult run(List<Contender> contenders) {
    List<Entrant> entrants = new ArrayList<>();
    for (Contender contender : contenders) {
      entrants.add(new Entrant(contender.launcher(), new SubjectSamples(contender.spec())));
    }
    List<Entrant> timed = new ArrayList<>(entrants);
    Optional<Entrant> twin = twin(entrants);
    twin.ifPresent(timed::add);
    List<Entrant> allocators =
        entrants.stream().filter(entrant -> !entrant.samples.spec().isNull()).toList();
    runs =
        asked.timed() * timed.size()
            + asked.cold() * entrants.size()
            + asked.latency() * timed.size()
            + asked.memory() * allocators.size();

    inRounds(timed, asked.timed(), this::runTimed, SubjectSamples::miss);
    inRounds(entrants, asked.cold(), this::runCold, SubjectSamples::fail);
    inRounds(timed, asked.latency(), this::runLatency, SubjectSamples::fail);
    Optional<Peak> peak =
        allocators.isEmpty() || asked.memory() == 0 ? Optional.empty() : workload.peak();
    inRounds(allocators, asked.memory(), entrant -> runMemory(entrant, peak), SubjectSamples::fail);
    return new CampaignResult(
        workload, entrants.stream().map(Entrant::samples).toList(), twin.map(Entrant::samples));
  }

  /** hakmem a second time or, where it does not take part, the first subject that does. */
  private static Optional<Entrant> twin(List<Entrant> entrants) {
    return entrants.stream()
        .filter(entrant -> entrant.samples.spec().name().equals(SubjectCatalog.HAKMEM))
        .findFirst()
        .or(() -> entrants.stream().findFirst())
        .map(entrant -> new Entrant(entrant.launcher, new SubjectSamples(entrant.samples.spec())));
  }

  @FunctionalInterface
  private interface Run {
    void accept(Entrant entrant) throws RunFailure;
  }

  private void inRounds(
      List<Entrant> entrants,
      int count,
      Run what,
      BiConsumer<SubjectSamples, String> withoutResult) {
    for (int round = 0; round < count; round++) {
      List<Entrant> order = new ArrayList<>(entrants);
      Collections.shuffle(order, random);
      for (Entrant entrant : order) {
        try {
          what.accept(entrant);
        } catch (RunFailure e) {
          withoutResult.accept(entrant.samples, e.reason());
        }
      }
    }
  }

  private void runTimed(Entrant entrant) throws RunFailure {
    entrant.samples.add(TimedRun.of(ask(entrant, Request.timed(workload, asked.leastMillis()))));
  }

  private void runCold(Entrant entrant) throws RunFailure {
    Map<String, String> result = ask(entrant, Request.cold(workload));
    long nanos = Answer.required(result, "nanos");
    entrant.samples.add(
        new Cold(
            Answer.required(result, "initNanos"),
            1e9 * Answer.required(result, "operations") / nanos));
  }

  private void runLatency(Entrant entrant) throws RunFailure {
    Map<String, String> result = ask(entrant, Request.latency(workload));
    entrant.samples.add(
        new Latency(
            histogram(result, LatencyRun.ALLOCATE),
            histogram(result, LatencyRun.FREE),
            histogram(result, LatencyRun.CLOCK)));
  }

  private static Histogram histogram(Map<String, String> result, String key) throws RunFailure {
    String word = result.get(key);
    if (word == null) {
      throw new RunFailure("the result lacks " + key);
    }
    return Latencies.decode(word);
  }

  private void runMemory(Entrant entrant, Optional<Peak> peak) throws RunFailure {
    long sampleAt = peak.map(Peak::allocation).orElse(0L);
    Map<String, String> result = ask(entrant, Request.memory(workload, sampleAt));
    entrant.samples.set(
        new Memory(
            Answer.required(result, "peakRssKiB"),
            Answer.optional(result, "committedBytes"),
            peak.map(p -> OptionalLong.of(p.liveBytes())).orElse(OptionalLong.empty()),
            idle(result)));
  }

  private static Optional<Idle> idle(Map<String, String> result) throws RunFailure {
    OptionalLong burst = Answer.optional(result, IdleRun.BURST);
    if (burst.isEmpty()) {
      return Optional.empty();
    }
    SortedMap<Integer, Long> after = new TreeMap<>();
    Answer.all(result, IdleRun.AFTER)
        .forEach((millis, bytes) -> after.put(Integer.valueOf(millis), bytes));
    return Optional.of(new Idle(burst.getAsLong(), Answer.required(result, IdleRun.FREED), after));
  }

  private Map<String, String> ask(Entrant entrant, Request request) throws RunFailure {
    progress.next(++run, runs, entrant.samples.spec().name(), request.words().getFirst());
    return processes.results(entrant.launcher.command(request));
  }
}
