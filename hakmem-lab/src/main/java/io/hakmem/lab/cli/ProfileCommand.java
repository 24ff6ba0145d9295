// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.profile.ProfileMarkdown;
import io.hakmem.lab.profile.ProfilePage;
import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.profile.ProfileReports;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "After which a run is ended (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--strace",
      description = "Also counts the calls of the system by strace, in a run of its own.")
  private boolean strace;

  @Option(
      names = "--annotate",
      description =
          "Also writes DIR/assembly.txt: the instructions of the hottest compiled function, by"
              + " hsdis or objdump.")
  private boolean annotate;

  @Mixin private MeasureOptions.JvmFlagsOption jvm = new MeasureOptions.JvmFlagsOption();

  @Mixin private JsonOption json = new JsonOption();

  ProfileCommand() {}

  @Override
  public Integer call() throws IOException, RunFailure {
    json.check();
    if (millis < 1 || samples < 1 || seconds < 1) {
      throw new UsageException("--millis, --samples and --limit must be at least 1");
    }
    if (annotate && out == null) {
      throw new UsageException("--annotate wants --out DIR for the instructions");
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
        Files.deleteIfExists(folder.resolve(ProfileRun.FLAME));
        Files.deleteIfExists(folder.resolve(ProfileRun.OUT_OF_LINE));
        Files.deleteIfExists(folder.resolve(ProfileRun.ASSEMBLY));
        Files.delete(folder);
      }
    }
  }

  private int profile(Workload workload, Path folder) throws IOException, RunFailure {
    ProfileReport report =
        new ProfileRun(
                jvm.flags(),
                new ProfileRun.Extent(millis, samples, Duration.ofSeconds(seconds)),
                new ProfileRun.Asked(strace, annotate),
                spec.commandLine().getErr())
            .of(workload, choice.words(), command(), folder);
    String markdown = ProfileMarkdown.of(report);
    PrintWriter print = spec.commandLine().getOut();
    print.print(markdown);
    print.flush();
    json.write(report);
    if (out != null) {
      Files.writeString(folder.resolve("profile.md"), markdown);
      ProfilePage.write(folder.resolve("index.html"), report);
    }
    return report.outOfLine() == null ? Main.FAILED : Main.OK;
  }

  private String command() {
    return "./hakmem profile --millis "
        + millis
        + " --samples "
        + samples
        + (strace ? " --strace" : "")
        + (annotate ? " --annotate --out DIR" : "")
        + " "
        + choice.words();
  }
}
