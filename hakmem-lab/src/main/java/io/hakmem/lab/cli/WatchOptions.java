// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import java.time.Duration;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which JVM is watched, and how often it is asked. */
final class WatchOptions {
  private static final double MIN_SECONDS = 0.1;
  private static final double MAX_SECONDS = 3600;

  @Parameters(paramLabel = "PID", description = "The JVM, as jps lists it; of the same user.")
  private long pid;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "Asks it that often, 0.1 to 3600 seconds apart; by default each second.")
  private double seconds;

  WatchOptions() {}

  long pid() {
    return pid;
  }

  Duration interval() {
    if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS)) {
      throw new UsageException("--interval: " + seconds + " is not in 0.1 to 3600");
    }
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
