// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import io.hakmem.lab.measure.Profiler;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program of two functions that knows how much processor time each of them takes. */
public final class PlantedProgram {
  private static final int BURSTS = 400;

  private PlantedProgram() {}

  /** Writes the stacks to the file and prints the share of the planted function in percent. */
  public static void main(String[] arguments) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long sum = planted(30_000_000) + other(30_000_000);
    long inPlanted = 0;
    long inOther = 0;
    Profiler profiler = Profiler.start();
    for (int burst = 0; burst < BURSTS || profiler.samples() < 2_500; burst++) {
      int rounds = 1_000_000 + burst % 7 * 100_000; // in step with no clock
      long start = threads.getCurrentThreadCpuTime();
      sum += planted(2 * rounds);
      long middle = threads.getCurrentThreadCpuTime();
      sum += other(rounds);
      inOther += threads.getCurrentThreadCpuTime() - middle;
      inPlanted += middle - start;
    }
    profiler.stop();
    Files.writeString(Path.of(arguments[0]), profiler.collapsed());
    System.out.println(100.0 * inPlanted / (inPlanted + inOther) + (sum == 7 ? " " : ""));
  }

  static long planted(int rounds) {
    long x = rounds;
    for (int i = 0; i < rounds; i++) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
    return x;
  }

  static long other(int rounds) {
    long x = rounds;
    for (int i = 0; i < rounds; i++) {
      x ^= x << 13;
      x ^= x >>> 7;
    }
    return x;
  }
}
