// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

/**
 * How many runs each subject gets, each in a process of its own.
 *
 * @param timed after an untimed pass
 * @param leastMillis timed passes are repeated until they took this long; 0 is one pass
 * @param cold the first operations of a fresh process
 * @param memory whole blocks touched; they differ little
 * @param latency each call timed
 */
public record Runs(int timed, int leastMillis, int cold, int memory, int latency) {
  private static final int MOST_OTHERS = 5;

  /** Timed ones as many as asked for, others as many as they are worth. */
  public static Runs ofBench(int timed, boolean latency) {
    int others = Math.min(timed, MOST_OTHERS);
    return new Runs(timed, 0, others, 1, latency ? others : 0);
  }
}
