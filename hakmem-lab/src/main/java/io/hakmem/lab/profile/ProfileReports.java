// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import io.hakmem.lab.measure.Profiler;
import io.hakmem.lab.profile.ProfileReport.Checks;
import io.hakmem.lab.profile.ProfileReport.ClassRow;
import io.hakmem.lab.profile.ProfileReport.Function;
import io.hakmem.lab.profile.ProfileReport.Paths;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.run.OsCallCheck;
import io.hakmem.lab.run.ProfileSamples;
import io.hakmem.lab.run.ProfileSamples.ClassHits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sums a profile up. */
public final class ProfileReports {
  /** Fewer samples than that are called too few. */
  public static final int ENOUGH_SAMPLES = 2_000;

  private static final int TOP = 10;
  private static final int GRAPHS = 5;
  private static final int CALLERS = 4;

  /** Head of a report: what was run, how, where. */
  public record Head(String workload, String command, String jvm, EnvironmentReport environment) {}

  private ProfileReports() {}

  /**
   * The report.
   *
   * @param outOfLine a second profile with the hot functions not inlined, if there is one
   * @param throughput of runs without the profiler, by subject
   * @param checks what others say of the same
   */
  public static ProfileReport of(
      Head head,
      ProfileSamples samples,
      Optional<ProfileSamples> outOfLine,
      Map<String, Double> throughput,
      Checks checks) {
    Shares shares = new Shares(Stack.parse(samples.collapsed()));
    boolean kernelSeen = samples.engine().equals(Profiler.PERF_EVENTS);
    Double kernel = kernelSeen ? shares.kernel() : null;
    Paths paths = paths(shares);
    Paths second = outOfLine.map(it -> paths(new Shares(Stack.parse(it.collapsed())))).orElse(null);
    Map<String, Map<String, Double>> graphs = new LinkedHashMap<>();
    shares
        .functions(GRAPHS)
        .keySet()
        .forEach(frame -> graphs.put(Stack.name(frame), shares.callers(frame, CALLERS, CALLERS)));
    return new ProfileReport(
        head.workload,
        head.command,
        head.jvm,
        head.environment,
        samples.engine(),
        samples.version(),
        shares.total(),
        samples.cpuMillis() / 1e3,
        throughput,
        functions(shares),
        paths,
        kernel,
        kernelSeen ? shares.kernelParts() : Map.of(),
        second,
        samples.classes().stream().map(ProfileReports::row).toList(),
        samples.osCalls(),
        checks,
        graphs,
        limits(shares, samples, paths, second, checks),
        Rules.of(
            head.workload,
            paths,
            hitPercent(samples.classes()),
            kernel,
            samples.osCalls().values().stream().mapToLong(Long::longValue).sum()));
  }

  /** The function whose machine code, with all that is inlined into it, most samples were in. */
  public static Optional<String> hottestCompiled(ProfileSamples samples) {
    return new Shares(Stack.parse(samples.collapsed())).hottestCompiled();
  }

  /** Flags that keep the hot functions of the allocator out of line. */
  public static List<String> outOfLineFlags(ProfileSamples samples) {
    List<String> flags = new ArrayList<>(List.of("-XX:CompileCommand=quiet"));
    new Shares(Stack.parse(samples.collapsed()))
        .functions(TOP).keySet().stream()
            .filter(Stack::isAllocator)
            .map(Stack::name)
            .forEach(
                name -> {
                  int dot = name.lastIndexOf('.');
                  flags.add(
                      "-XX:CompileCommand=dontinline,"
                          + name.substring(0, dot)
                          + "::"
                          + name.substring(dot + 1));
                });
    return flags;
  }

  private static List<Function> functions(Shares shares) {
    List<Function> functions = new ArrayList<>();
    shares
        .functions(TOP)
        .forEach(
            (frame, percent) ->
                functions.add(
                    new Function(Stack.name(frame), percent, Stack.location(frame), note(frame))));
    return functions;
  }

  private static String note(String frame) {
    if (frame.startsWith("io.hakmem.lab.")) {
      return "the workload and the call";
    }
    return Stack.isAllocator(frame) ? "allocator" : "";
  }

  private static Paths paths(Shares shares) {
    double alloc = shares.allocPath();
    double free = shares.freePath();
    double allocator = shares.allocator();
    double classification = shares.classification();
    return new Paths(
        alloc,
        free,
        alloc == 0 ? null : free / alloc,
        allocator,
        classification,
        allocator == 0 ? 0 : 100 * classification / allocator,
        shares.refill(),
        shares.drain());
  }

  private static ClassRow row(ClassHits hits) {
    return new ClassRow(
        hits.blockBytes(), hits.requests(), hits.misses(), hitPercent(List.of(hits)));
  }

  private static double hitPercent(List<ClassHits> classes) {
    long requests = classes.stream().mapToLong(ClassHits::requests).sum();
    long misses = classes.stream().mapToLong(ClassHits::misses).sum();
    return requests == 0 ? 0 : 100.0 * Math.max(0, requests - misses) / requests;
  }

  private static List<String> limits(
      Shares shares,
      ProfileSamples samples,
      Paths paths,
      @Nullable Paths outOfLine,
      Checks checks) {
    List<String> limits = new ArrayList<>();
    long n = Math.max(1, shares.total());
    limits.add(
        String.format(
            Locale.ROOT,
            "%d samples%s: a share of 10 %% is known to within %.1f points (95 %%), one below"
                + " %.2f %% not at all",
            shares.total(),
            shares.total() < ENOUGH_SAMPLES ? ", fewer than " + ENOUGH_SAMPLES : "",
            100 * 1.96 * Math.sqrt(0.09 / n),
            300.0 / n));
    limits.add(
        String.format(
            Locale.ROOT,
            "asked for %.0f samples a second of processor time, got %.0f",
            1e9 / Profiler.INTERVAL_NANOS,
            samples.cpuMillis() == 0 ? 0 : 1000.0 * shares.total() / samples.cpuMillis()));
    if (!samples.engine().equals(Profiler.PERF_EVENTS)) {
      limits.add(
          "perf events are refused here: a timer took the samples, kernel frames are missing");
    }
    limits.add(
        String.format(
            Locale.ROOT,
            "%.0f %% of the time is in inlined functions, whose borders the compiler blurs",
            shares.of(
                stack -> Stack.location(stack.frames().get(stack.top())).endsWith("inlined"))));
    if (outOfLine == null) {
      limits.add("no second profile with the hot functions out of line");
    } else {
      limits.add(
          String.format(
              Locale.ROOT,
              "with the hot functions out of line the allocator takes %.1f %% instead of %.1f %%,"
                  + " classification %.0f %% of that instead of %.0f %%: where these differ much,"
                  + " inlining misleads",
              outOfLine.allocator(),
              paths.allocator(),
              outOfLine.classificationOfAllocator(),
              paths.classificationOfAllocator()));
    }
    limits.add(ofCalls(checks.kernel()));
    return limits;
  }

  private static String ofCalls(@Nullable OsCallCheck kernel) {
    String own = "calls of the system are the allocator's own counts";
    if (kernel == null || kernel.unavailable() != null) {
      return own + ", not checked against tracepoints";
    }
    return own
        + (kernel.agrees()
            ? ", which tracepoints confirm, but for reservations"
            : ", and tracepoints say otherwise");
  }
}
