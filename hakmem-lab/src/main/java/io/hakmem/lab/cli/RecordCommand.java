// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.HakmemRecording;
import io.hakmem.lab.UsageException;
import io.hakmem.lab.attach.RemoteRecording;
import io.hakmem.lab.workload.NettyRecording;
import io.hakmem.lab.workload.TraceCounts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hakmem record}. */
@Command(
    name = "record",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Records what a running program asks of hakmem as a trace for replay, ab, tune.",
      "Or makes it of Netty's events in a recording of Flight Recorder."
    })
final class RecordCommand implements Callable<Integer> {
  /** What was recorded, however. */
  private record Outcome(String trace, long calls, int blocks, int threads, String ended) {
    static Outcome of(HakmemRecording.Result result) {
      return new Outcome(
          result.file(), result.calls(), result.blocks(), result.threads(), result.ended());
    }
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "PID",
      arity = "0..1",
      description = "Process id of a JVM of this user; until it ends, or Ctrl-C.")
  private @Nullable Long pid;

  @Option(
      names = "--from",
      paramLabel = "FILE.jfr",
      description = "Instead of a process: a recording with Netty's events of buffers.")
  private @Nullable Path from;

  @Option(
      names = "--out",
      paramLabel = "FILE.trace.gz",
      required = true,
      description = "The trace to write.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path out;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "0",
      description = "Ends the recording after so many seconds; 0, the default: never.")
  private int seconds;

  @Option(
      names = "--max-mib",
      paramLabel = "N",
      defaultValue = "256",
      description = "Largest file in MiB (default: ${DEFAULT-VALUE}).")
  private int maxMib;

  @Mixin private JsonOption json = new JsonOption();

  RecordCommand() {}

  @Override
  public Integer call() throws IOException {
    json.check();
    if ((pid == null) == (from == null)) {
      throw new UsageException("record takes either a process id or --from FILE.jfr");
    }
    if (seconds < 0 || maxMib < 1) {
      throw new UsageException("--seconds must not be negative and --max-mib at least 1");
    }
    JsonOption.check("--out", out);
    long maxBytes = (long) maxMib << 20;
    Outcome outcome =
        pid != null ? ofProcess(pid, maxBytes) : ofFile(Objects.requireNonNull(from), maxBytes);
    say(outcome);
    json.write(outcome);
    return Main.OK;
  }

  private void say(Outcome outcome) {
    if (!outcome.ended.isEmpty()) {
      warn("the recording ended early: " + outcome.ended);
    }
    PrintWriter print = spec.commandLine().getOut();
    print.println(
        outcome.calls
            + " calls, "
            + outcome.blocks
            + " blocks at most, "
            + outcome.threads
            + " threads: "
            + outcome.trace);
    print.flush();
  }

  private void warn(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("hakmem: " + line);
    err.flush();
  }

  private Outcome ofFile(Path recording, long maxBytes) throws IOException {
    if (!Files.isReadable(recording) || Files.isDirectory(recording)) {
      throw new UsageException("--from: cannot read " + recording);
    }
    NettyRecording.Result result = NettyRecording.convert(recording, out, maxBytes);
    if (result.skipped() > 0) {
      warn("left out: " + result.skipped() + " events of buffers on the Java heap");
    }
    return new Outcome(
        out.toString(), result.calls(), result.blocks(), result.threads(), result.ended());
  }

  private Outcome ofProcess(long id, long maxBytes) throws IOException {
    Path file = out.toAbsolutePath();
    Optional<HakmemRecording.Result> result =
        RemoteRecording.record(
            id, file, maxBytes, seconds, interrupted -> say(Outcome.of(interrupted)));
    if (result.isPresent()) {
      return Outcome.of(result.get());
    }
    TraceCounts counts = counts(id, file);
    return new Outcome(
        file.toString(),
        counts.calls(),
        counts.blocks(),
        counts.threads(),
        "the JVM " + id + " ended");
  }

  private static TraceCounts counts(long id, Path file) throws IOException {
    try {
      return TraceCounts.of(file);
    } catch (UsageException e) {
      throw new IOException("the JVM " + id + " ended: " + e.getMessage(), e);
    }
  }
}
