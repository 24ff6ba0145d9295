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
    try {
      Path file = Files.createTempFile("hakmem-profile", ".json");
      try {
        List<String> words =
            new ArrayList<>(
                List.of(file.toString(), flameGraph.toString(), "" + millis, "" + samples));
        words.add(workload.name());
        words.addAll(workload.childArguments());
        new ChildProcess(limit).output(command(words, flags));
        return new ObjectMapper().readValue(file.toFile(), ProfileSamples.class);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Command command(List<String> words, List<String> flags) {
    List<String> all = new ArrayList<>(FLAGS);
    all.addAll(flags);
    return new JvmLaunchers(options.with(all, List.of())).command(ProfileChild.class, words);
  }

  /** The same as somebody would type it. */
  public String commandLine() {
    return "java "
        + String.join(" ", FLAGS)
        + (options.arguments().isEmpty() ? "" : " " + String.join(" ", options.arguments()));
  }
}
