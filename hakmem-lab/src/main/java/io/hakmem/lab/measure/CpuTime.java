// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

/**
 * Processor time of this process, in all of its threads, ended ones included.
 *
 * @param userMillis in the program
 * @param kernelMillis in the kernel on its behalf
 */
public record CpuTime(long userMillis, long kernelMillis) {
  // Counted from the state, the first field after the name.
  private static final int USER_FIELD = 11;
  private static final int KERNEL_FIELD = 12;
  private static final int MILLIS_PER_TICK = 10; // USER_HZ is 100 on every Linux that Java runs on

  /** Since the process began; in steps of ten milliseconds. */
  public static CpuTime now() {
    return of(ProcessStat.fields());
  }

  static CpuTime of(String[] stat) {
    return new CpuTime(
        MILLIS_PER_TICK * Long.parseLong(stat[USER_FIELD]),
        MILLIS_PER_TICK * Long.parseLong(stat[KERNEL_FIELD]));
  }

  public CpuTime since(CpuTime earlier) {
    return new CpuTime(userMillis - earlier.userMillis, kernelMillis - earlier.kernelMillis);
  }
}
