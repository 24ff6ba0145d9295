// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

/**
 * A subject that runs in a JVM.
 *
 * @param name as on the command line
 * @param description one line
 * @param className the {@link Subject} to open
 * @param isNull the loop alone
 * @param confined blocks can be freed only by the thread that allocated them
 * @param checked false: hakmem runs with the checks of free's argument taken out
 * @param burnPercent how much longer than it takes a timed pass is made by spinning
 */
public record JvmSubjectSpec(
    String name,
    String description,
    String className,
    boolean isNull,
    boolean confined,
    boolean checked,
    int burnPercent)
    implements SubjectSpec {

  JvmSubjectSpec(String name, String description, Class<? extends Subject> subject) {
    this(name, description, subject.getName(), false, false, true, 0);
  }

  JvmSubjectSpec asNull() {
    return new JvmSubjectSpec(name, description, className, true, confined, checked, burnPercent);
  }

  JvmSubjectSpec asConfined() {
    return new JvmSubjectSpec(name, description, className, isNull, true, checked, burnPercent);
  }

  JvmSubjectSpec asUnchecked() {
    return new JvmSubjectSpec(name, description, className, isNull, confined, false, burnPercent);
  }

  JvmSubjectSpec asBurning(int percent) {
    return new JvmSubjectSpec(name, description, className, isNull, confined, checked, percent);
  }
}
