// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them, in at most ten columns. */
final class Quantities {
  private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final String[] COUNTS = {"", " k", " M", " G", " T", " P", " E"};
  static final String NONE = "-";

  private Quantities() {}

  /** Bytes with a binary unit: {@code 12.3 MiB}. */
  static String bytes(@Nullable Long value) {
    return value == null
        ? NONE
        : value < 1024 ? value + " B" : scaled((double) value, 1024, BYTES, " ");
  }

  /** A count, above 99999 with a decimal unit: {@code 12.3 M}. */
  static String count(long value) {
    return value < 100_000 ? Long.toString(value) : scaled((double) value, 1000, COUNTS, "");
  }

  /** A count that is an average. */
  static String rate(@Nullable Double value) {
    return value == null ? NONE : count(Math.round(value));
  }

  /** A share in percent, never as 100 if something is missing. */
  static String percent(@Nullable Double share) {
    if (share == null) {
      return NONE;
    }
    String text = String.format(Locale.ROOT, "%.2f %%", 100 * share);
    return share < 1 && text.startsWith("100") ? "99.99 %" : text;
  }

  /** A share in percent, with one decimal. */
  static String roughPercent(@Nullable Double share) {
    return share == null ? NONE : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String scaled(double value, int step, String[] units, String gap) {
    double rest = value;
    int unit = 0;
    while (rest >= 999.5 && unit < units.length - 1) {
      rest /= step;
      unit++;
    }
    return String.format(Locale.ROOT, rest < 99.95 ? "%.1f" : "%.0f", rest) + gap + units[unit];
  }
}
