// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.profile.ProfileReports;
import io.hakmem.lab.report.Reports;
import io.hakmem.lab.run.Environment;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.ProjectFolder;
import io.hakmem.lab.seed.SeedPage;
import io.hakmem.lab.seed.SeedPages;
import io.hakmem.lab.seed.SeedPlan;
import io.hakmem.lab.seed.SeedReport;
import io.hakmem.lab.seed.SeedReports;
import io.hakmem.lab.seed.SeedResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hakmem seed-report}. */
@Command(
    name = "seed-report",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Runs the plan that this project began with.",
      "Profiles hakmem, compares drain intervals, front cache sizes, refill counts, and with and"
          + " without checks, and writes a page for each beside the figures of the profile that"
          + " this project began with. Takes about 12 minutes on two cores."
    })
final class SeedReportCommand implements Callable<Integer> {
  private static final String MINUTES = "12";
  private static final String MILLIS = "200";
  private static final int MOST_MILLIS = 3_000;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the pages go (default: docs/profile of the project).")
  private @Nullable Path out;

  @Mixin private HtmlOption html = new HtmlOption();

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = MINUTES,
      description =
          "After which no run begins (default: ${DEFAULT-VALUE}); the pages say what is missing.")
  private double minutes;

  @Option(
      names = "--blocks",
      paramLabel = "N",
      description =
          "Of each comparison (default: what its arms need to show a difference, and one more).")
  private @Nullable Integer blocks;

  @Option(
      names = "--millis",
      paramLabel = "MS",
      defaultValue = MILLIS,
      description = "Of untimed passes, and of timed ones, of a run (default: ${DEFAULT-VALUE}).")
  private int millis;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "" + ProfileReports.ENOUGH_SAMPLES,
      description = "Of each profile, at least (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Mixin private StateFile file = new StateFile();

  @Mixin private JsonOption json = new JsonOption();

  SeedReportCommand() {}

  @Override
  public Integer call() throws IOException {
    check();
    return run(SeedPlan.full());
  }

  private void check() {
    json.check();
    file.check();
    if (!(minutes > 0)) {
      throw new UsageException("--minutes must be above 0, not " + minutes);
    }
    if (millis < 0 || samples < 1 || (blocks != null && blocks < 1)) {
      throw new UsageException("--millis must be at least 0, --samples and --blocks at least 1");
    }
    html.check();
  }

  /** Runs a plan; the exit status says whether all of it is there. */
  int run(SeedPlan plan) throws IOException {
    Path folder = folder();
    SeedResults results =
        file.read(SeedResults.class, SeedResults.empty(command()), SeedResults::asked);
    long deadline = System.nanoTime() + Math.round(minutes * Duration.ofMinutes(1).toNanos());
    PrintWriter err = spec.commandLine().getErr();
    ProgressLine progress = new ProgressLine(err);
    // A thousand samples a second, and half a second for what the machine grants to others.
    ProfileRun profiles =
        new ProfileRun(
            List.of(),
            new ProfileRun.Extent(
                Math.min(MOST_MILLIS, samples + 500), samples, Duration.ofMinutes(5)),
            ProfileRun.Asked.NOTHING,
            err);
    new SeedRun(
            plan,
            new SeedRun.Extent(Optional.ofNullable(blocks), millis, deadline, html.folder()),
            profiles::of,
            Reports.environment(Environment.current(), JvmOptions.NONE),
            progress)
        .run(results, soFar -> keep(plan, soFar, folder));
    keep(plan, results, folder);
    return finish(plan, results, folder);
  }

  private int finish(SeedPlan plan, SeedResults results, Path folder) {
    PrintWriter print = spec.commandLine().getOut();
    SeedReport report = report(plan, results);
    report.conclusions().forEach(it -> print.println(it.step() + ": " + it.conclusion()));
    print.println("pages: " + folder);
    print.flush();
    if (results.isComplete(plan)) {
      return Main.OK;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "hakmem: seed-report is not complete: "
            + String.join("; ", report.missing())
            + "; for more time --minutes: "
            + file.advice());
    err.flush();
    return Main.FAILED;
  }

  private void keep(SeedPlan plan, SeedResults results, Path folder) throws IOException {
    file.write(results);
    SeedReport report = report(plan, results);
    SeedPages.write(folder, plan, results, report);
    json.write(report);
    html.write(page -> SeedPage.write(page, report));
  }

  private SeedReport report(SeedPlan plan, SeedResults results) {
    return SeedReports.of(
        plan, results, command(), Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private Path folder() throws IOException {
    Path folder =
        out != null
            ? out
            : ProjectFolder.locate()
                .orElseThrow(() -> new UsageException("--out: no folder of the project here"))
                .resolve("docs/profile");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UsageException("--out: cannot make the folder " + folder);
    }
    JsonOption.check("--out", folder.resolve("README.md"));
    return folder;
  }

  /** What repeats it; files that it writes are nobody's business. */
  private String command() {
    return "./hakmem seed-report"
        + (minutes == Double.parseDouble(MINUTES) ? "" : " --minutes " + minutes)
        + (blocks == null ? "" : " --blocks " + blocks)
        + (millis == Integer.parseInt(MILLIS) ? "" : " --millis " + millis)
        + (samples == ProfileReports.ENOUGH_SAMPLES ? "" : " --samples " + samples);
  }
}
