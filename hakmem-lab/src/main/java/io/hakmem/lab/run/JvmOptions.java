// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.util.List;

/**
 * How the JVM subjects are run; native subjects know none of it.
 *
 * @param arguments extra flags of the JVM
 * @param collections full garbage collections between the untimed and the timed pass
 * @param untimedMillis untimed passes are repeated until they took this long; 0 is one pass
 */
public record JvmOptions(List<String> arguments, int collections, int untimedMillis) {
  /** As the JDK runs a program by default. */
  public static final JvmOptions NONE = new JvmOptions(List.of(), 0);

  public JvmOptions {
    arguments = List.copyOf(arguments);
  }

  /** With one untimed pass. */
  public JvmOptions(List<String> arguments, int collections) {
    this(arguments, collections, 0);
  }
}
