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
 */
public record JvmSubjectSpec(
    String name,
    String description,
    String className,
    boolean isNull,
    boolean confined,
    boolean checked)
    implements SubjectSpec {

  JvmSubjectSpec(String name, String description, Class<? extends Subject> subject) {
    this(name, description, subject.getName(), false, false, true);
  }

  JvmSubjectSpec asNull() {
    return new JvmSubjectSpec(name, description, className, true, confined, checked);
  }

  JvmSubjectSpec asConfined() {
    return new JvmSubjectSpec(name, description, className, isNull, true, checked);
  }

  JvmSubjectSpec asUnchecked() {
    return new JvmSubjectSpec(name, description, className, isNull, confined, false);
  }
}
