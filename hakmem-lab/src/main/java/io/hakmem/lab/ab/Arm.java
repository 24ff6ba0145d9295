// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the things compared.
 *
 * @param label what sets it apart, as asked for
 * @param flags of the JVM that set it
 * @param classes jars that take the place of our allocator
 */
public record Arm(String label, List<String> flags, List<Path> classes) {
  /** hakmem as it is. */
  public static final Arm PLAIN = new Arm("", List.of(), List.of());

  public Arm {
    flags = List.copyOf(flags);
    classes = List.copyOf(classes);
  }

  /** Set as both are. */
  Arm and(Arm other) {
    List<String> allFlags = new ArrayList<>(flags);
    allFlags.addAll(other.flags);
    List<Path> allClasses = new ArrayList<>(other.classes);
    allClasses.addAll(classes);
    return new Arm((label + " " + other.label).strip(), allFlags, allClasses);
  }
}
