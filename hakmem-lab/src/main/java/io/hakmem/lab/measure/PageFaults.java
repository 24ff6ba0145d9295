// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

/**
 * How often this process touched a page that was not there, in all of its threads.
 *
 * @param minor the kernel had only to map or clear a page
 * @param major the page had to be read from a disk
 */
public record PageFaults(long minor, long major) {
  // Counted from the state, the first field after the name.
  private static final int MINOR_FIELD = 7;
  private static final int MAJOR_FIELD = 9;

  /** Since the process began. */
  public static PageFaults now() {
    return of(ProcessStat.fields());
  }

  static PageFaults of(String[] stat) {
    return new PageFaults(Long.parseLong(stat[MINOR_FIELD]), Long.parseLong(stat[MAJOR_FIELD]));
  }

  public PageFaults since(PageFaults earlier) {
    return new PageFaults(minor - earlier.minor, major - earlier.major);
  }
}
