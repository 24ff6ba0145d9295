// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.jfr;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.SettingControl;

/** The setting {@code interval} of sampled allocations; of several recordings' the smallest. */
public final class SampleInterval extends SettingControl {

  static final String DEFAULT = "512k";

  private static final Pattern SIZE = Pattern.compile("(\\d{1,9}) ?([kKmMgG]?)i?[bB]?");
  private static final long DEFAULT_BYTES = 512 << 10;

  private static volatile long meanBytes = DEFAULT_BYTES;

  private String value = DEFAULT;

  /** For Flight Recorder. */
  public SampleInterval() {}

  /** Mean bytes between samples. */
  static long meanBytes() {
    return meanBytes;
  }

  @Override
  public String combine(Set<String> values) {
    String smallest = DEFAULT;
    long least = Long.MAX_VALUE;
    for (String each : values) {
      if (parse(each) < least) {
        least = parse(each);
        smallest = each;
      }
    }
    return smallest;
  }

  @Override
  public void setValue(String next) {
    value = next;
    meanBytes = parse(next);
  }

  @Override
  public String getValue() {
    return value;
  }

  /** A size; what is none counts as the default, for a recording goes on whatever its settings. */
  private static long parse(String text) {
    Matcher size = SIZE.matcher(text.strip());
    if (!size.matches() || Long.parseLong(size.group(1)) == 0) {
      System.getLogger("io.hakmem")
          .log(
              System.Logger.Level.WARNING,
              "io.hakmem.AllocationSample#interval is {0}; it takes bytes from 1 on, such as 64k or"
                  + " 2m: {1} is used",
              text,
              DEFAULT);
      return DEFAULT_BYTES;
    }
    String unit = size.group(2).toLowerCase(Locale.ROOT);
    int shift = unit.isEmpty() ? 0 : 10 * (1 + "kmg".indexOf(unit));
    return Long.parseLong(size.group(1)) << shift;
  }
}
