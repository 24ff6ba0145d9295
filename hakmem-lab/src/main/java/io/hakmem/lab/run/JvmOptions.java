// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the JVM subjects are run; native subjects know none of it.
 *
 * @param arguments extra flags of the JVM
 * @param collections full garbage collections between the untimed and the timed pass
 * @param untimedMillis untimed passes are repeated until they took this long; 0 is one pass
 * @param timedMillis the same of timed passes
 * @param classes jars or folders whose classes take the place of ours
 */
public record JvmOptions(
    List<String> arguments,
    int collections,
    int untimedMillis,
    int timedMillis,
    List<Path> classes) {
  /** As the JDK runs a program by default. */
  public static final JvmOptions NONE = new JvmOptions(List.of(), 0);

  public JvmOptions {
    arguments = List.copyOf(arguments);
    classes = List.copyOf(classes);
  }

  /** With one untimed pass and one timed one. */
  public JvmOptions(List<String> arguments, int collections) {
    this(arguments, collections, 0);
  }

  /** With one timed pass. */
  public JvmOptions(List<String> arguments, int collections, int untimedMillis) {
    this(arguments, collections, untimedMillis, 0, List.of());
  }

  /** The same with more flags, which win over those that are there, and more classes. */
  public JvmOptions with(List<String> moreArguments, List<Path> moreClasses) {
    List<String> allArguments = new ArrayList<>(arguments);
    allArguments.addAll(moreArguments);
    List<Path> allClasses = new ArrayList<>(moreClasses);
    allClasses.addAll(classes);
    return new JvmOptions(allArguments, collections, untimedMillis, timedMillis, allClasses);
  }

  /** The same with passes repeated for that long. */
  public JvmOptions lasting(int untimed, int timed) {
    return new JvmOptions(arguments, collections, untimed, timed, classes);
  }
}
