// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.run.InProcess;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.RunFailure;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.workload.Workload;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Timed runs of all arms in one JVM, each arm an allocator of its own; counters by forked runs. */
public final class InProcessRuns implements AbCampaign.Runner, AutoCloseable {
  /** Which allocator. */
  private record Column(String label, boolean twin) {}

  private final AbCampaign.Runner forked;
  private final InProcess process;
  private final int millis;
  private final Map<Column, Integer> open = new HashMap<>();

  /**
   * Starts the JVM.
   *
   * @param forked for the counters
   * @param options of all arms
   * @param limit after which a run is ended and is a failure
   */
  public InProcessRuns(
      AbCampaign.Runner forked,
      Workload workload,
      JvmOptions options,
      AbPlan plan,
      Duration limit) {
    this.forked = forked;
    process = InProcess.start(workload, options, limit);
    millis = plan.millis();
  }

  @Override
  public Timed timed(Arm arm) throws RunFailure {
    return timed(arm, false);
  }

  @Override
  public Timed timed(Arm arm, boolean twin) throws RunFailure {
    Column column = new Column(arm.label(), twin);
    Integer number = open.get(column);
    if (number == null) {
      number = open.size();
      process.open(arm.flags(), arm.classes(), millis);
      open.put(column, number);
    }
    return process.run(number, millis);
  }

  @Override
  public Timed counted(Arm arm) throws RunFailure {
    return forked.counted(arm);
  }

  @Override
  public void close() {
    process.close();
  }
}
