// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

/** Numbers that one thread changes all the time. */
final class PaddedLongs {
  /*
   * Objects of different threads lie side by side on the Java heap, wherever they were made, once
   * the collector has moved them. A field that is written for each operation then takes the cache
   * line from the other thread's, which is not what is measured; C aligns its structures to 128.
   *
   *   |  room  |  values  |  room  |
   */

  private static final int ROOM =
      128 / Long.BYTES; // two lines, which the processor fetches in pairs

  private final long[] values;

  PaddedLongs(int count) {
    values = new long[ROOM + count + ROOM];
  }

  long get(int index) {
    return values[ROOM + index];
  }

  void set(int index, long value) {
    values[ROOM + index] = value;
  }
}
