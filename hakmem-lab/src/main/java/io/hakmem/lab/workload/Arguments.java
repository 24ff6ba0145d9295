// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;

/** The arguments of a workload on the command line: numbers, the last of which may be left out. */
final class Arguments {
  private static final BigDecimal LEAST_SECONDS = new BigDecimal("0.001");
  private static final BigDecimal MOST_SECONDS = new BigDecimal(100); // a run may take minutes

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

  /** The seconds at a position, which may be a fraction, or their default. */
  BigDecimal seconds(int index, String defaultValue) {
    String text = has(index) ? given.get(index) : defaultValue;
    try {
      BigDecimal seconds = new BigDecimal(text);
      if (seconds.compareTo(LEAST_SECONDS) >= 0 && seconds.compareTo(MOST_SECONDS) <= 0) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      // Reported like a number out of range.
    }
    throw new UsageException(
        workload
            + ": seconds must be a number from "
            + LEAST_SECONDS.toPlainString()
            + " to "
            + MOST_SECONDS.toPlainString()
            + ", not '"
            + text
            + "'");
  }

  /** Arguments as texts, for {@link Workload#arguments}. */
  static List<String> texts(Object... values) {
    return Stream.of(values).map(Object::toString).toList();
  }

  boolean has(int index) {
    return index < given.size();
  }
}
