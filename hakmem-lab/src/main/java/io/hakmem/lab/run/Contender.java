// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.subject.SubjectSpec;

/** A subject that can run on this machine. */
public final class Contender {
  private final SubjectSpec spec;
  private final Launcher launcher;

  Contender(SubjectSpec spec, Launcher launcher) {
    this.spec = spec;
    this.launcher = launcher;
  }

  public SubjectSpec spec() {
    return spec;
  }

  Launcher launcher() {
    return launcher;
  }
}
