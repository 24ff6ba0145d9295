// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A subject that runs in a JVM.
 *
 * @param name as on the command line
 * @param description one line
 * @param className the {@link Subject} to open
 * @param traits what sets it apart
 * @param natives libraries of LWJGL that it loads, by their names in {@link LwjglNatives}
 * @param flags of the JVM, after the user's own
 */
public record JvmSubjectSpec(
    String name,
    String description,
    String className,
    Set<Trait> traits,
    List<String> natives,
    List<String> flags)
    implements SubjectSpec {

  /** What sets a subject apart from one that gives and takes addresses. */
  public enum Trait {
    /** The loop alone. */
    NULL,
    /** Blocks can be freed only by the thread that allocated them. */
    CONFINED,
    /**
     * What is freed is an object, kept by slot: threads must agree which block a slot is, if they
     * free each other's.
     */
    OBJECTS,
    /** hakmem runs with the checks of free's argument taken out. */
    UNCHECKED
  }

  /** Property: how much longer than it takes a timed pass is made by spinning, in percent. */
  public static final String BURN_PERCENT = "io.hakmem.lab.burnPercent";

  JvmSubjectSpec(String name, String description, Class<? extends Subject> subject) {
    this(name, description, subject.getName(), Set.of(), List.of(), List.of());
  }

  /** Whether it has the trait. */
  public boolean is(Trait trait) {
    return traits.contains(trait);
  }

  @Override
  public boolean isNull() {
    return is(Trait.NULL);
  }

  JvmSubjectSpec as(Trait first, Trait... others) {
    Set<Trait> all = Set.copyOf(EnumSet.of(first, others));
    return new JvmSubjectSpec(name, description, className, all, natives, flags);
  }

  /** The same with a system property set. */
  JvmSubjectSpec with(String property, Object value) {
    return with("-D" + property + "=" + value);
  }

  /** The same with a flag of the JVM. */
  JvmSubjectSpec with(String flag) {
    List<String> all = new ArrayList<>(flags);
    all.add(flag);
    return new JvmSubjectSpec(name, description, className, traits, natives, List.copyOf(all));
  }

  /** The same that loads libraries of LWJGL. */
  JvmSubjectSpec loading(String... libraries) {
    return new JvmSubjectSpec(name, description, className, traits, List.of(libraries), flags);
  }
}
