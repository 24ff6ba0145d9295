// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.profile.ProfileMarkdown;
import io.hakmem.lab.profile.ProfilePage;
import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.profile.ProfileReports;
import io.hakmem.lab.report.BenchReport;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.ProfileSamples;
import io.hakmem.lab.run.Profiling;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.Runs;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hakmem profile}. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Samples where the time of a workload goes, and says what follows.")
final class ProfileCommand implements Callable<Integer> {
  private static final int RUNS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private WorkloadChoice choice = new WorkloadChoice();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Writes DIR/profile.md, index.html, flame.html.")
  private @Nullable Path out;

  @Option(
      names = "--millis",
      paramLabel = "MS",
      defaultValue = "3000",
      description =
          "Least time to sample, after as long to warm up (default: ${DEFAULT-VALUE}); longer until"
              + " there are enough samples.")
  private int millis;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "" + ProfileReports.ENOUGH_SAMPLES,
      description = "How many are enough (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Mixin private MeasureOptions.JvmFlagsOption jvm = new MeasureOptions.JvmFlagsOption();

  @Mixin private JsonOption json = new JsonOption();

  ProfileCommand() {}

  @Override
  public Integer call() throws IOException, RunFailure {
    json.check();
    if (millis < 1 || samples < 1) {
      throw new UsageException("--millis and --samples must be at least 1");
    }
    if (out != null) {
      try {
        Files.createDirectories(out);
      } catch (IOException e) {
        throw new UsageException("--out: cannot make the folder " + out);
      }
      JsonOption.check("--out", out.resolve("profile.md"));
    }
    return choice.use(this::profile);
  }

  private int profile(Workload workload) throws IOException, RunFailure {
    Path folder = out == null ? Files.createTempDirectory("hakmem-profile") : out;
    try {
      return profile(workload, folder);
    } finally {
      if (out == null) {
        Files.deleteIfExists(folder.resolve("flame.html"));
        Files.deleteIfExists(folder.resolve("out-of-line.html"));
        Files.delete(folder);
      }
    }
  }

  private int profile(Workload workload, Path folder) throws IOException, RunFailure {
    JvmOptions options = new JvmOptions(jvm.flags(), 0);
    Profiling profiling = new Profiling(options, millis, samples, LIMIT);
    ProfileSamples first = profiling.of(workload, folder.resolve("flame.html"), List.of());
    PrintWriter err = spec.commandLine().getErr();
    Optional<ProfileSamples> second = Optional.empty();
    try {
      second =
          Optional.of(
              profiling.of(
                  workload,
                  folder.resolve("out-of-line.html"),
                  ProfileReports.outOfLineFlags(first)));
    } catch (RunFailure e) {
      err.println("hakmem: the profile out of line failed: " + e.reason());
      err.flush();
    }
    ProgressLine progress = new ProgressLine(err);
    Measurer measurer = new Measurer(options, progress);
    BenchReport bench =
        measurer
            .measure(
                workload,
                new SubjectCatalog(Map.of())
                    .select(List.of(SubjectCatalog.HAKMEM, SubjectCatalog.GLIBC)),
                new Runs(RUNS, 0, 0, 0))
            .report();
    Map<String, Double> throughput = new LinkedHashMap<>();
    bench.results().forEach(it -> throughput.put(it.subject(), it.opsPerSecond().median()));
    ProfileReport report =
        ProfileReports.of(
            new ProfileReports.Head(
                choice.words(), command(), profiling.commandLine(), measurer.environment()),
            first,
            second,
            throughput);
    String markdown = ProfileMarkdown.of(report);
    PrintWriter print = spec.commandLine().getOut();
    print.print(markdown);
    print.flush();
    json.write(report);
    if (out != null) {
      Files.writeString(folder.resolve("profile.md"), markdown);
      ProfilePage.write(folder.resolve("index.html"), report);
    }
    return second.isPresent() ? Main.OK : Main.FAILED;
  }

  private String command() {
    return "./hakmem profile --millis " + millis + " --samples " + samples + " " + choice.words();
  }
}
