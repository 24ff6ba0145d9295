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
 * @param mostUntimedMillis beyond that as long as the JIT compilers are busy, until they took this
 * @param classes jars or folders whose classes take the place of ours
 */
public record JvmOptions(
    List<String> arguments,
    int collections,
    int untimedMillis,
    int mostUntimedMillis,
    List<Path> classes) {
  /** As the JDK runs a program by default. */
  public static final JvmOptions NONE = new JvmOptions(List.of(), 0);

  public JvmOptions {
    arguments = List.copyOf(arguments);
    classes = List.copyOf(classes);
  }

  /** With one untimed pass and the classes that this process has. */
  public JvmOptions(List<String> arguments, int collections) {
    this(arguments, collections, 0, 0, List.of());
  }

  /** The same with more flags, which win over those that are there, and more classes. */
  public JvmOptions with(List<String> moreArguments, List<Path> moreClasses) {
    List<String> allArguments = new ArrayList<>(arguments);
    allArguments.addAll(moreArguments);
    List<Path> allClasses = new ArrayList<>(moreClasses);
    allClasses.addAll(classes);
    return new JvmOptions(allArguments, collections, untimedMillis, mostUntimedMillis, allClasses);
  }

  /** The same with untimed passes repeated for that long. */
  public JvmOptions warmedUpFor(int millis) {
    return warmedUp(millis, millis);
  }

  /** The same with untimed passes until the JIT compilers are nearly done, within bounds. */
  public JvmOptions warmedUp(int leastMillis, int mostMillis) {
    return new JvmOptions(arguments, collections, leastMillis, mostMillis, classes);
  }
}
