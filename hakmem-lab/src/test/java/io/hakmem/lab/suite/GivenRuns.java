// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.measure.PageFaults;
import io.hakmem.lab.report.BenchReport.Unavailable;
import io.hakmem.lab.report.Reports;
import io.hakmem.lab.run.CampaignResult;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.Runs;
import io.hakmem.lab.run.SubjectSamples;
import io.hakmem.lab.run.SubjectSamples.Memory;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.suite.SuiteWorkload.Mark;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** A workload of a suite with given times in place of measured ones. */
public final class GivenRuns {
  private static final Environment MACHINE =
      new Environment("a processor", 2, "a kernel", "a JDK", Optional.of("abc"));
  private static final int OPERATIONS = 1000;

  private final String label;
  private final Set<Mark> marks;
  private final List<SubjectSamples> subjects = new ArrayList<>();
  private final List<Unavailable> unavailable = new ArrayList<>();
  private Optional<SubjectSamples> twin = Optional.empty();

  private GivenRuns(String label, Set<Mark> marks) {
    this.label = label;
    this.marks = marks;
  }

  public static GivenRuns of(String label) {
    return new GivenRuns(label, Set.of());
  }

  static GivenRuns ofBound(String label) {
    return new GivenRuns(label, Set.of(Mark.ALLOCATOR_BOUND));
  }

  /** Nanoseconds per operation of each run of a subject. */
  public GivenRuns add(String subject, double... nanos) {
    subjects.add(samples(subject, nanos));
    return this;
  }

  /** The same, and what it holds at peak live. */
  GivenRuns addHolding(long bytes, String subject, double... nanos) {
    SubjectSamples samples = samples(subject, nanos);
    OptionalLong live = OptionalLong.of(1 << 20);
    samples.set(new Memory(1 << 16, OptionalLong.of(bytes), live, Optional.empty()));
    subjects.add(samples);
    return this;
  }

  /** The second set of runs of hakmem. */
  GivenRuns twin(double... nanos) {
    twin = Optional.of(samples(SubjectCatalog.HAKMEM, nanos));
    return this;
  }

  /** A run that gave nothing. */
  GivenRuns fail(String subject, String reason) {
    SubjectSamples samples = samples(subject);
    samples.fail(reason);
    subjects.add(samples);
    return this;
  }

  GivenRuns unavailable(String subject, String reason) {
    unavailable.add(new Unavailable(subject, reason));
    return this;
  }

  private static SubjectSamples samples(String subject, double... nanos) {
    SubjectSamples samples =
        new SubjectSamples(new SubjectCatalog(Map.of()).select(List.of(subject)).getFirst());
    for (double each : nanos) {
      samples.add(
          new Timed(
              Math.round(each * OPERATIONS),
              OPERATIONS,
              OptionalLong.empty(),
              new PageFaults(0, 0),
              new TreeMap<>(),
              new TreeMap<>(),
              Optional.empty()));
    }
    return samples;
  }

  Outcome outcome() {
    CampaignResult result =
        new CampaignResult(WorkloadCatalog.parse("pair", List.of()), subjects, twin);
    return new Outcome(
        new SuiteWorkload(label, "pair", List.of(), OptionalInt.empty(), marks),
        result,
        Reports.of(result, MACHINE, JvmOptions.NONE, unavailable));
  }

  static List<Outcome> outcomes(GivenRuns... given) {
    return List.of(given).stream().map(GivenRuns::outcome).toList();
  }

  /** The report of a suite of them. */
  public static SuiteReport report(GivenRuns... given) {
    List<Outcome> outcomes = outcomes(given);
    return SuiteReports.of(
        new SuitePlan(
            "given", outcomes.stream().map(Outcome::workload).toList(), new Runs(5, 0, 0, 1, 0)),
        "./hakmem suite --given",
        Instant.parse("2026-01-02T03:04:05Z"),
        Instant.parse("2026-01-02T03:06:05Z"),
        Reports.environment(MACHINE, JvmOptions.NONE),
        outcomes,
        List.of());
  }

  /** A suite with a win, a loss, a level one, a rival, and things missing. */
  public static SuiteReport example() {
    return report(
        ofBound("a win")
            .addHolding(2 << 20, "hakmem", 10, 10.1, 10.2, 10.1, 10)
            .twin(10, 10.1, 10.1, 10.2, 10.1)
            .add("hakmem-planted", 12, 12.1, 12.2, 12.1, 12.1)
            .add("jvm-null", 5, 5, 5.1, 5, 5)
            .add("native-null", 5, 5, 5, 5, 5.1)
            .addHolding(3 << 20, "native-glibc", 20, 20.1, 20.2, 20.1, 20)
            .addHolding(1 << 20, "native-jemalloc", 15, 15.1, 15.2, 15.1, 15)
            .add("jvm-malloc", 30, 30, 30.1, 30.2, 30)
            .unavailable("native-tcmalloc", "library not found: <libtcmalloc>"),
        ofBound("a loss")
            .addHolding(4 << 20, "hakmem", 20, 20.1, 20.2, 20.1, 20)
            .twin(20, 20.1, 20.1, 20.2, 20.1)
            .add("hakmem-planted", 24, 24.1, 24.2, 24.1, 24.1)
            .add("jvm-null", 5, 5, 5.1, 5, 5)
            .add("native-null", 5, 5, 5, 5, 5.1)
            .addHolding(3 << 20, "native-glibc", 10, 10.1, 10.2, 10.1, 10)
            .addHolding(2 << 20, "native-jemalloc", 15, 15.1, 15.2, 15.1, 15)
            .unavailable("native-tcmalloc", "library not found: <libtcmalloc>"),
        of("level </script><b>")
            .add("hakmem", 100, 101, 102, 101, 100)
            .twin(100, 101, 101, 102, 101)
            .add("hakmem-planted", 120, 121, 122, 121, 121)
            .add("native-glibc", 101, 100, 101, 102, 100)
            .unavailable("jvm-null", "needs real blocks")
            .unavailable("native-tcmalloc", "library not found: <libtcmalloc>"));
  }
}
