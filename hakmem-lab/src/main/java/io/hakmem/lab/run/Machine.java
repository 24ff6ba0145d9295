// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.subject.JvmSubjectSpec;
import io.hakmem.lab.subject.JvmSubjectSpec.Trait;
import io.hakmem.lab.subject.NativeSubjectSpec;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.workload.Workload;
import java.util.List;
import java.util.Map;

/** Which subjects can run on this machine, and how. */
public final class Machine {
  private final JvmLaunchers jvm;
  private final NativeLaunchers natives = new NativeLaunchers();

  /** The machine as it is, and how JVM subjects are run on it. */
  public Machine(JvmOptions jvmOptions) {
    jvm = new JvmLaunchers(jvmOptions);
  }

  /** Readies a subject, or says why it cannot run here. */
  public Contender ready(SubjectSpec spec) throws UnavailableException {
    return new Contender(
        spec,
        switch (spec) {
          case JvmSubjectSpec subject -> jvm.launcher(subject);
          case NativeSubjectSpec subject -> natives.launcher(subject);
        });
  }

  /** Readies a subject for a workload. */
  public Contender ready(SubjectSpec spec, Workload workload) throws UnavailableException {
    if (spec instanceof JvmSubjectSpec jvmSpec && workload.handsBlocksOver()) {
      requireHandOver(jvmSpec, workload);
    }
    if (spec.isNull() && workload.needsRealBlocks()) {
      throw new UnavailableException(
          "hands out one small block for all; " + workload.name() + " needs real ones");
    }
    return ready(spec);
  }

  private static void requireHandOver(JvmSubjectSpec spec, Workload workload)
      throws UnavailableException {
    if (spec.is(Trait.CONFINED)) {
      throw new UnavailableException(
          "only the thread that allocated a block may free it; " + workload.name() + " hands over");
    }
    if (spec.is(Trait.OBJECTS) && !workload.keepsSlots()) {
      throw new UnavailableException(
          "its blocks are objects; " + workload.name() + " hands over addresses alone");
    }
  }

  /** The command of a timed run of hakmem by its static calls, of passes for that long. */
  static Command timedHakmem(Workload workload, JvmOptions options, int leastMillis) {
    try {
      return new Machine(options)
          .ready(
              new SubjectCatalog(Map.of()).select(List.of(SubjectCatalog.HAKMEM)).getFirst(),
              workload)
          .launcher()
          .command(Request.timed(workload, leastMillis));
    } catch (UnavailableException e) {
      throw new IllegalStateException(e); // our own subject needs nothing but a JVM
    }
  }
}
