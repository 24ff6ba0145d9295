// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.compare.Matchup;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.subject.SubjectCatalog;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Sums the outcomes of all workloads up. */
public final class SuiteReports {
  private SuiteReports() {}

  /**
   * The report.
   *
   * @param command that repeats it
   * @param begin when it was started
   * @param end when it was done
   */
  public static SuiteReport of(
      SuitePlan plan,
      String command,
      Instant begin,
      Instant end,
      EnvironmentReport environment,
      List<Outcome> outcomes,
      List<SuiteReport.Failure> failures) {
    return new SuiteReport(
        plan.name(),
        command,
        begin.truncatedTo(ChronoUnit.SECONDS).toString(),
        Duration.between(begin, end).toSeconds() / 60.0,
        plan.runs().timed(),
        plan.workloads().size(),
        environment,
        Control.of(outcomes).orElse(null),
        new Standings(outcomes).all(),
        outcomes.stream().map(SuiteReports::line).toList(),
        outcomes.stream().map(Outcome::report).toList(),
        List.copyOf(failures));
  }

  private static SuiteReport.Line line(Outcome outcome) {
    return new SuiteReport.Line(
        outcome.workload().label(),
        outcome.workload().isAllocatorBound(),
        outcome.net(SubjectCatalog.HAKMEM, Standing.BEST_NATIVE).map(Matchup::value).orElse(null),
        boxed(outcome.memory(SubjectCatalog.HAKMEM, Standing.BEST_NATIVE)));
  }

  private static @Nullable Double boxed(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
