// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import java.util.List;

/** The arguments of a workload on the command line: numbers, the last of which may be left out. */
final class Arguments {
  private final String workload;
  private final List<String> given;

  Arguments(String workload, String usage, List<String> given, int most) {
    this.workload = workload;
    this.given = given;
    if (given.size() > most) {
      throw new UsageException(
          workload + ": too many arguments, '" + given.get(most) + "'; it takes " + usage);
    }
  }

  /** The number at a position, or its default; outside the limits is bad usage. */
  long number(int index, String name, long defaultValue, long min, long max) {
    if (index >= given.size()) {
      return defaultValue;
    }
    String text = given.get(index);
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new UsageException(workload + ": " + name + " is not a number: '" + text + "'");
    }
    if (value < min || value > max) {
      throw new UsageException(
          workload + ": " + name + " must be " + min + " to " + max + ", not " + text);
    }
    return value;
  }

  boolean has(int index) {
    return index < given.size();
  }
}
