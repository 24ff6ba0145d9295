// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.profile.ProfileReports;
import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.run.Assembly;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.OsCallCheck;
import io.hakmem.lab.run.ProfileSamples;
import io.hakmem.lab.run.Profiling;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.Runs;
import io.hakmem.lab.run.Strace;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Profiles a workload twice, and measures it beside the system's malloc without a profiler. */
final class ProfileRun {
  /** The flame graph of the hot functions inlined. */
  static final String FLAME = "flame.html";

  /** The flame graph of the hot functions out of line. */
  static final String OUT_OF_LINE = "out-of-line.html";

  /** Instructions of the hottest compiled function. */
  static final String ASSEMBLY = "assembly.txt";

  /**
   * What is asked for beside the profile.
   *
   * @param strace calls of the system as strace counts them
   * @param assembly of the hottest compiled function
   */
  record Asked(boolean strace, boolean assembly) {
    static final Asked NOTHING = new Asked(false, false);
  }

  /**
   * How much is sampled.
   *
   * @param millis at least, after as long to warm up
   * @param samples that are enough
   * @param limit after which a run is ended and has failed
   */
  record Extent(int millis, int samples, Duration limit) {}

  private static final int RUNS = 3;

  /** Where the JIT compilers have done with a workload; a pass may be far shorter. */
  private static final int WARM_MILLIS = 1_000;

  private final JvmOptions options;
  private final Extent extent;
  private final Asked asked;
  private final PrintWriter err;
  private final Measurer measurer; // one for all, for pages that are written change the work tree

  /**
   * Profiles of one kind.
   *
   * @param flags of the JVM
   * @param extent how much is sampled
   * @param asked what else is wanted
   * @param err where to say what went wrong on the way
   */
  ProfileRun(List<String> flags, Extent extent, Asked asked, PrintWriter err) {
    options = new JvmOptions(flags, 0);
    this.extent = extent;
    this.asked = asked;
    this.err = err;
    measurer = new Measurer(options.warmedUpFor(WARM_MILLIS), new ProgressLine(err));
  }

  /**
   * Runs it all; a second profile that fails is missing in the report.
   *
   * @param words the workload as on the command line
   * @param command that repeats it
   * @param folder of the flame graphs
   */
  ProfileReport of(Workload workload, String words, String command, Path folder)
      throws RunFailure, IOException {
    Profiling profiling = new Profiling(options, extent.millis(), extent.samples(), extent.limit());
    ProfileSamples first = profiling.of(workload, folder.resolve(FLAME), List.of());
    Optional<ProfileSamples> second = outOfLine(profiling, workload, first, folder);
    return ProfileReports.of(
        new ProfileReports.Head(words, command, profiling.commandLine(), measurer.environment()),
        first,
        second,
        throughput(measurer, workload),
        new ProfileReport.Checks(
            kernel(profiling, workload),
            asked.strace() ? strace(workload) : null,
            asked.assembly() ? assembly(workload, first, folder) : null));
  }

  private @Nullable OsCallCheck kernel(Profiling profiling, Workload workload) {
    try {
      return profiling.osCalls(workload);
    } catch (RunFailure e) {
      say("the calls of the system could not be checked: " + e.reason());
      return null;
    }
  }

  private @Nullable SortedMap<String, List<Long>> strace(Workload workload) {
    try {
      return Strace.of(workload, extent.millis(), options, extent.limit());
    } catch (RunFailure e) {
      say("strace failed (apt-get install strace): " + e.reason());
      return null;
    }
  }

  private String assembly(Workload workload, ProfileSamples first, Path folder)
      throws RunFailure, IOException {
    Optional<String> method = ProfileReports.hottestCompiled(first);
    if (method.isEmpty()) {
      return "No compiled function was sampled.";
    }
    try {
      Assembly.Listing listing =
          Assembly.of(method.get(), workload, options.warmedUpFor(extent.millis()), extent.limit());
      Files.writeString(folder.resolve(ASSEMBLY), listing.text());
      return String.format(
          Locale.ROOT,
          "`%s` as C2 compiles it, with what it inlines: %d instructions (%s), in `%s`.",
          method.get(),
          listing.instructions(),
          listing.by(),
          ASSEMBLY);
    } catch (RunFailure e) {
      return "None of `" + method.get() + "`: " + e.reason() + ".";
    }
  }

  private void say(String what) {
    err.println("hakmem: " + what);
    err.flush();
  }

  private Optional<ProfileSamples> outOfLine(
      Profiling profiling, Workload workload, ProfileSamples first, Path folder) {
    try {
      return Optional.of(
          profiling.of(
              workload, folder.resolve(OUT_OF_LINE), ProfileReports.outOfLineFlags(first)));
    } catch (RunFailure e) {
      say("the profile out of line failed: " + e.reason());
      return Optional.empty();
    }
  }

  private static Map<String, Double> throughput(Measurer measurer, Workload workload) {
    BenchReport bench =
        measurer
            .measure(
                workload,
                new SubjectCatalog(Map.of())
                    .select(List.of(SubjectCatalog.HAKMEM, SubjectCatalog.GLIBC)),
                new Runs(RUNS, WARM_MILLIS, 0, 0, 0))
            .report();
    Map<String, Double> throughput = new LinkedHashMap<>();
    bench.results().forEach(it -> throughput.put(it.subject(), it.opsPerSecond().median()));
    return throughput;
  }
}
