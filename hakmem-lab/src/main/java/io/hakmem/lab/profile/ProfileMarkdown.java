// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import io.hakmem.lab.profile.ProfileReport.Paths;
import io.hakmem.lab.run.OsCallCheck;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A profile as a page of Markdown. */
public final class ProfileMarkdown {
  private final Formatter out = new Formatter(Locale.ROOT);

  private ProfileMarkdown() {}

  /** The page, beside which the flame graph lies. */
  public static String of(ProfileReport report) {
    return page(report) + "\n[Flame graph](flame.html)\n";
  }

  /** The page alone. */
  public static String page(ProfileReport report) {
    ProfileMarkdown page = new ProfileMarkdown();
    page.head(report);
    page.functions(report);
    page.paths(report);
    page.kernel(report);
    page.counters(report);
    page.calls(report);
    page.callGraphs(report);
    page.conclusions(report);
    return page.out.toString();
  }

  private void head(ProfileReport report) {
    out.format("# Profile: %s%n", report.workload());
    out.format("%n");
    out.format("## Configuration%n");
    out.format("%n");
    out.format("```%n");
    out.format("%s%n", report.command());
    out.format("%s%n", report.jvm());
    out.format("```%n");
    out.format("%n");
    out.format(
        "%s, %d cores, %s, %s. Commit: %s.%n",
        report.environment().cpu(),
        report.environment().cores(),
        report.environment().kernel(),
        report.environment().jdk(),
        report.environment().commit() == null ? "unknown" : report.environment().commit());
    out.format("%n");
    out.format(
        "**Samples**: %d of event `%s` (async-profiler %s) in %.1f s of processor time.%n",
        report.samples(), report.engine(), report.version(), report.cpuSeconds());
    out.format("%n");
    out.format("## Throughput%n");
    out.format("%n");
    out.format("Medians of runs without the profiler, in turns.%n");
    out.format("%n");
    out.format("| subject | M ops/s |%n");
    out.format("|---|---:|%n");
    report.throughput().forEach((who, speed) -> out.format("| %s | %.2f |%n", who, speed / 1e6));
    out.format("%n");
  }

  private void functions(ProfileReport report) {
    out.format("## Top functions%n");
    out.format("%n");
    out.format("| rank | overhead | function | location | note |%n");
    out.format("|---:|---:|---|---|---|%n");
    int rank = 0;
    for (ProfileReport.Function it : report.functions()) {
      out.format(
          "| %d | %.2f %% | `%s` | %s | %s |%n",
          ++rank, it.percent(), it.name(), it.location(), it.note());
    }
    out.format("%n");
  }

  private void paths(ProfileReport report) {
    out.format("## Paths of the allocator%n");
    out.format("%n");
    out.format("| | inlined as it runs | hot functions out of line |%n");
    out.format("|---|---:|---:|%n");
    Paths a = report.paths();
    Paths b = report.outOfLine();
    row("alloc path", a.alloc(), b == null ? null : b.alloc(), " %");
    row("free path", a.free(), b == null ? null : b.free(), " %");
    row("free / alloc", a.ratio(), b == null ? null : b.ratio(), "");
    row("allocator, all of it", a.allocator(), b == null ? null : b.allocator(), " %");
    row(
        "classification and checks",
        a.classification(),
        b == null ? null : b.classification(),
        " %");
    row(
        "… of the allocator's time",
        a.classificationOfAllocator(),
        b == null ? null : b.classificationOfAllocator(),
        " %");
    row("refill", a.refill(), b == null ? null : b.refill(), " %");
    row("drain", a.drain(), b == null ? null : b.drain(), " %");
    out.format("%n");
  }

  private void row(String what, @Nullable Double first, @Nullable Double second, String unit) {
    out.format("| %s | %s | %s |%n", what, number(first, unit), number(second, unit));
  }

  private static String number(@Nullable Double value, String unit) {
    return value == null ? "–" : String.format(Locale.ROOT, "%.2f", value) + unit;
  }

  private void kernel(ProfileReport report) {
    out.format("## Kernel%n");
    out.format("%n");
    if (report.kernelPercent() == null) {
      out.format("Not seen: `%s` samples no kernel frames.%n", report.engine());
    } else {
      out.format("%.2f %% of all samples.%n", report.kernelPercent());
      out.format("%n");
      out.format("| part | share |%n");
      out.format("|---|---:|%n");
      report.kernel().forEach((part, percent) -> out.format("| %s | %.2f %% |%n", part, percent));
    }
    out.format("%n");
  }

  private void counters(ProfileReport report) {
    out.format("## Front cache hits%n");
    out.format("%n");
    out.format("| block | requests | misses | hits |%n");
    out.format("|---:|---:|---:|---:|%n");
    report
        .classes()
        .forEach(
            it ->
                out.format(
                    "| %d B | %d | %d | %.3f %% |%n",
                    it.blockBytes(), it.requests(), it.misses(), it.hitPercent()));
    out.format("%n");
  }

  private void calls(ProfileReport report) {
    out.format("## Calls of the system%n");
    out.format("%n");
    out.format("| kind | calls while sampled |%n");
    out.format("|---|---:|%n");
    report.osCalls().forEach((kind, calls) -> out.format("| %s | %d |%n", kind, calls));
    out.format("%n");
    kernelsOpinion(report.checks().kernel());
    Map<String, List<Long>> strace = report.checks().strace();
    if (strace != null) {
      out.format("By `strace -c`, the whole process, its start included:%n");
      out.format("%n");
      out.format("| call | the workload | a JVM that does next to nothing |%n");
      out.format("|---|---:|---:|%n");
      strace.forEach((call, n) -> out.format("| %s | %d | %d |%n", call, n.get(0), n.get(1)));
      out.format("%n");
    }
  }

  private void kernelsOpinion(@Nullable OsCallCheck check) {
    if (check == null || check.unavailable() != null) {
      String why = check == null ? "that run failed" : check.unavailable();
      out.format("Not checked against the kernel's tracepoints: %s.%n", why);
      out.format("%n");
      return;
    }
    out.format("A run of its own, in which `perf stat` counts as well, in our mappings:%n");
    out.format("%n");
    out.format("| kind | own count | tracepoint | |%n");
    out.format("|---|---:|---:|---|%n");
    check
        .traced()
        .forEach(
            (kind, calls) -> {
              Long least = check.atLeast().get(kind);
              Long most = check.atMost().get(kind);
              String own = Objects.equals(least, most) ? "" + least : least + " to " + most;
              String verdict = check.agrees(kind) ? "equal" : "**not equal**";
              out.format("| %s | %s | %d | %s |%n", kind, own, calls, verdict);
            });
    out.format("%n");
  }

  private void callGraphs(ProfileReport report) {
    out.format("## Call graphs%n");
    out.format("%n");
    report
        .callGraphs()
        .forEach(
            (function, callers) -> {
              out.format("`%s`%n", function);
              out.format("%n");
              callers.forEach((chain, percent) -> out.format("- %.2f %% %s%n", percent, chain));
              out.format("%n");
            });
  }

  private void conclusions(ProfileReport report) {
    if (report.checks().assembly() != null) {
      out.format("## Assembly%n");
      out.format("%n");
      out.format("%s%n", report.checks().assembly());
      out.format("%n");
    }
    out.format("## Limits of this profile%n");
    out.format("%n");
    report.limits().forEach(limit -> out.format("- %s%n", limit));
    out.format("%n");
    out.format("## Recommendations%n");
    out.format("%n");
    report
        .recommendations()
        .forEach(it -> out.format("- %s (%s): `%s`%n", it.conclusion(), it.rule(), it.test()));
  }
}
