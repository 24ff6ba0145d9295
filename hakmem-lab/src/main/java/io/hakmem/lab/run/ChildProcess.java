// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.ShutdownHook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts processes one at a time, ends those that hang, reads their answer. */
final class ChildProcess {
  /** Far above any run of the recipes. */
  static final Duration RUN_LIMIT = Duration.ofMinutes(5);

  /** Variable that names libraries to load before all others. */
  static final String PRELOAD = "LD_PRELOAD";

  private static final int SHOWN_ERROR_LINES = 4;

  private final Duration limit;

  ChildProcess(Duration limit) {
    this.limit = limit;
  }

  /** Runs it and returns the key=value pairs of its result line. */
  Map<String, String> results(Command command) throws RunFailure {
    return output(command)
        .lines()
        .filter(line -> line.equals(JvmChild.RESULT) || line.startsWith(JvmChild.RESULT + " "))
        .findFirst()
        .map(ChildProcess::pairs)
        .orElseThrow(() -> new RunFailure("printed no result"));
  }

  /** Runs it and returns what it printed on its standard output. */
  String output(Command command) throws RunFailure {
    try {
      Path out = Files.createTempFile("hakmem-run", ".out");
      Path err = Files.createTempFile("hakmem-run", ".err");
      try {
        start(command, out, err);
        return Files.readString(out, StandardCharsets.UTF_8);
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new RunFailure(String.valueOf(e.getMessage()));
    }
  }

  private void start(Command command, Path out, Path err) throws IOException, RunFailure {
    ProcessBuilder builder =
        new ProcessBuilder(command.words())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    // What is preloaded into us would take the place of every other allocator.
    builder.environment().remove(PRELOAD);
    builder.environment().putAll(command.environment());
    Process process = builder.start();
    // Our own end must not leave it behind.
    try (ShutdownHook _ = new ShutdownHook(process::destroyForcibly)) {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new RunFailure("no answer within " + limit.toSeconds() + " s" + tail(err));
      }
      if (process.exitValue() != 0) {
        throw new RunFailure("exit status " + process.exitValue() + tail(err));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new RunFailure("interrupted");
    }
  }

  /** The last lines of what the process said went wrong, as one line. */
  private static String tail(Path err) throws IOException {
    List<String> lines =
        new String(Files.readAllBytes(err), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.isEmpty()) {
      return "";
    }
    // Of a stack trace the head says what happened, of a compiler's output too.
    return ": " + String.join(" | ", lines.subList(0, Math.min(SHOWN_ERROR_LINES, lines.size())));
  }

  static Map<String, String> pairs(String line) {
    Map<String, String> pairs = new HashMap<>();
    for (String word : line.split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        pairs.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return pairs;
  }
}
