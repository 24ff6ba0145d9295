// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.HakmemMXBean;
import io.hakmem.HakmemProfile;
import io.hakmem.lab.UsageException;
import io.hakmem.lab.attach.AttachedJvm;
import io.hakmem.lab.report.LiveReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hakmem leaks}. */
@Command(
    name = "leaks",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Says where a running program allocated what is live, and what of that has grown.",
      "If it takes no profile of its own (hakmem.profile.intervalBytes), one is taken meanwhile."
    })
final class LeaksCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "PID", description = "Process id of a JVM of this user.")
  private long pid;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "Time between the two looks (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--interval",
      paramLabel = "BYTES",
      defaultValue = "524288",
      description = "Mean bytes between samples (default: ${DEFAULT-VALUE}).")
  private long interval;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Writes live and growth as DIR/….html, flame graphs, ….pb.gz and ….collapsed.")
  private @Nullable Path out;

  @Mixin private JsonOption json = new JsonOption();

  /** Two looks. */
  private record Looks(HakmemProfile.Snapshot live, HakmemProfile.Snapshot growth) {}

  LeaksCommand() {}

  @Override
  public Integer call() throws IOException {
    json.check();
    if (seconds < 0 || interval < 1) {
      throw new UsageException("--seconds must not be negative and --interval at least 1");
    }
    if (out != null) {
      prepare(out);
    }
    Looks looks = look();
    PrintWriter print = spec.commandLine().getOut();
    print.print(LiveReport.text(looks.live, "live"));
    print.print(LiveReport.text(looks.growth, "grown in " + seconds + " s"));
    print.flush();
    json.write(looks);
    if (out != null) {
      LiveReport.write(out, "live", looks.live);
      LiveReport.write(out, "growth", looks.growth);
    }
    return Main.OK;
  }

  private static void prepare(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UsageException("--out: cannot make the folder " + folder);
    }
    JsonOption.check("--out", folder.resolve("live.html"));
  }

  private Looks look() throws IOException {
    try (AttachedJvm jvm = AttachedJvm.to(pid)) {
      HakmemMXBean bean = jvm.bean();
      boolean own = !bean.isProfiling();
      if (own) {
        bean.startProfile(interval);
      }
      HakmemProfile.Snapshot before = bean.profileSnapshot();
      TimeUnit.SECONDS.sleep(seconds);
      HakmemProfile.Snapshot after = bean.profileSnapshot();
      if (own) {
        bean.stopProfile();
      }
      return new Looks(after, after.growthSince(before));
    } catch (UndeclaredThrowableException e) {
      throw new IOException("the JVM " + pid + " ended meanwhile", e);
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }
}
