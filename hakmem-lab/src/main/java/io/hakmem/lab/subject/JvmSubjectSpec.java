// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.util.ArrayList;
import java.util.List;

/**
 * A subject that runs in a JVM.
 *
 * @param name as on the command line
 * @param description one line
 * @param className the {@link Subject} to open
 * @param isNull the loop alone
 * @param confined blocks can be freed only by the thread that allocated them
 * @param checked false: hakmem runs with the checks of free's argument taken out
 * @param flags of the JVM, after the user's own
 */
public record JvmSubjectSpec(
    String name,
    String description,
    String className,
    boolean isNull,
    boolean confined,
    boolean checked,
    List<String> flags)
    implements SubjectSpec {

  /** Property: how much longer than it takes a timed pass is made by spinning, in percent. */
  public static final String BURN_PERCENT = "io.hakmem.lab.burnPercent";

  JvmSubjectSpec(String name, String description, Class<? extends Subject> subject) {
    this(name, description, subject.getName(), false, false, true, List.of());
  }

  JvmSubjectSpec asNull() {
    return new JvmSubjectSpec(name, description, className, true, confined, checked, flags);
  }

  JvmSubjectSpec asConfined() {
    return new JvmSubjectSpec(name, description, className, isNull, true, checked, flags);
  }

  JvmSubjectSpec asUnchecked() {
    return new JvmSubjectSpec(name, description, className, isNull, confined, false, flags);
  }

  /** The same with a system property set. */
  JvmSubjectSpec with(String property, long value) {
    List<String> all = new ArrayList<>(flags);
    all.add("-D" + property + "=" + value);
    return new JvmSubjectSpec(
        name, description, className, isNull, confined, checked, List.copyOf(all));
  }
}
