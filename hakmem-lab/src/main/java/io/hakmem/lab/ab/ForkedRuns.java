// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.run.Contender;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.Machine;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.run.TimedRun;
import io.hakmem.lab.run.UnavailableException;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.workload.Workload;
import java.time.Duration;

/** Each run in a fresh JVM. */
public final class ForkedRuns implements AbCampaign.Runner {
  private final Workload workload;
  private final SubjectSpec subject;
  private final JvmOptions options;
  private final AbPlan plan;
  private final Duration limit;

  /**
   * Runs of a workload.
   *
   * @param options of all arms
   * @param limit after which a run is ended and is a failure
   */
  public ForkedRuns(
      Workload workload, SubjectSpec subject, JvmOptions options, AbPlan plan, Duration limit) {
    this.workload = workload;
    this.subject = subject;
    this.options = options;
    this.plan = plan;
    this.limit = limit;
  }

  @Override
  public Timed timed(Arm arm) throws RunFailure {
    return run(arm, options.warmedUpFor(plan.millis()), plan.millis());
  }

  @Override
  public Timed counted(Arm arm) throws RunFailure {
    return run(arm, options, 0);
  }

  private Timed run(Arm arm, JvmOptions ofArm, int leastMillis) throws RunFailure {
    return TimedRun.of(contender(arm, ofArm), workload, leastMillis, limit);
  }

  private Contender contender(Arm arm, JvmOptions ofArm) {
    try {
      return new Machine(ofArm.with(arm.flags(), arm.classes())).ready(subject, workload);
    } catch (UnavailableException e) {
      throw new IllegalStateException(e); // our own subject needs nothing but a JVM
    }
  }
}
