// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.SubjectSamples.Timed;
import java.util.Optional;

/** Runs until a time; all that would begin later fail at once. */
public final class TimelyRuns implements AbCampaign.Runner {
  private final AbCampaign.Runner runs;
  private final long deadline;
  private Optional<String> failure = Optional.empty();

  /**
   * Runs of somebody else's.
   *
   * @param deadline as told by {@link System#nanoTime}
   */
  public TimelyRuns(AbCampaign.Runner runs, long deadline) {
    this.runs = runs;
    this.deadline = deadline;
  }

  /** The last failure that was not for want of time. */
  public Optional<String> failure() {
    return failure;
  }

  @Override
  public Timed timed(Arm arm) throws RunFailure {
    return timely(() -> runs.timed(arm));
  }

  @Override
  public Timed counted(Arm arm) throws RunFailure {
    return timely(() -> runs.counted(arm));
  }

  /** A run. */
  @FunctionalInterface
  private interface Run {
    Timed timed() throws RunFailure;
  }

  private Timed timely(Run run) throws RunFailure {
    if (System.nanoTime() - deadline > 0) {
      throw new RunFailure("out of time");
    }
    try {
      return run.timed();
    } catch (RunFailure e) {
      failure = Optional.of(e.reason());
      throw e;
    }
  }
}
