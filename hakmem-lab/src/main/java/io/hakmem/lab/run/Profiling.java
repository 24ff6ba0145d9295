// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Profiles hakmem on a workload in a process of its own. */
public final class Profiling {
  /** What every profiled JVM is told: else a sample names the next safepoint. */
  private static final List<String> FLAGS =
      List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints");

  private static final int CALLS_MILLIS = 1_000; // what makes none makes none in longer either

  private final JvmOptions options;
  private final int millis;
  private final int samples;
  private final Duration limit;

  /**
   * Profiles that long, and on until there are so many samples.
   *
   * @param limit after which the process is ended and has failed
   */
  public Profiling(JvmOptions options, int millis, int samples, Duration limit) {
    this.options = options;
    this.millis = millis;
    this.samples = samples;
    this.limit = limit;
  }

  /** Runs it; the flame graph goes to the file. */
  public ProfileSamples of(Workload workload, Path flameGraph, List<String> flags)
      throws RunFailure {
    return run(
        ProfileSamples.class,
        ProfileChild.class,
        List.of(flameGraph.toString(), "" + millis, "" + samples),
        workload,
        flags);
  }

  /** Counts the allocator's calls of the system in another process, and asks the kernel as well. */
  public OsCallCheck osCalls(Workload workload) throws RunFailure {
    return run(
        OsCallCheck.class,
        OsCallChild.class,
        List.of("" + Math.min(millis, CALLS_MILLIS)),
        workload,
        List.of());
  }

  /** Runs a program that writes its answer, as JSON, to the file that is its first argument. */
  private <T> T run(
      Class<T> answer,
      Class<?> program,
      List<String> arguments,
      Workload workload,
      List<String> flags)
      throws RunFailure {
    try {
      Path file = Files.createTempFile("hakmem-profile", ".json");
      try {
        List<String> words = new ArrayList<>(List.of(file.toString()));
        words.addAll(arguments);
        words.add(workload.name());
        words.addAll(workload.childArguments());
        new ChildProcess(limit).output(command(program, words, flags));
        return new ObjectMapper().readValue(file.toFile(), answer);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Command command(Class<?> program, List<String> words, List<String> flags) {
    List<String> all = new ArrayList<>(FLAGS);
    all.addAll(flags);
    return new JvmLaunchers(options.with(all, List.of())).command(program, words);
  }

  /** The same as somebody would type it. */
  public String commandLine() {
    return "java "
        + String.join(" ", FLAGS)
        + (options.arguments().isEmpty() ? "" : " " + String.join(" ", options.arguments()));
  }
}
