// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;

/**
 * pair. Origin: our own; the shortest path there is, bound by its chain of dependent loads.
 * Allocate, free; the block is not touched. Twin: pair.c.
 */
public final class Pair implements Workload {
  static final String NAME = "pair";
  static final String USAGE = "[cycles=50000000 size=64]";

  private static final int PIECE = 1 << 16; // as in RandomMixed

  private final long cycles;
  private final long size;

  private Pair(long cycles, long size) {
    this.cycles = cycles;
    this.size = size;
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 2);
    return new Pair(
        arguments.number(0, "cycles", 50_000_000, 1, Long.MAX_VALUE),
        arguments.number(1, "size", 64, 1, Integer.MAX_VALUE));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of("" + cycles, "" + size);
  }

  @Override
  public long operations() {
    return cycles;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(1);
    long start = System.nanoTime();
    for (long left = cycles; left > 0; left -= PIECE) {
      pairs(subject, (int) Math.min(left, PIECE), size);
    }
    return System.nanoTime() - start;
  }

  private static void pairs(Subject subject, int count, long size) {
    for (int n = 0; n < count; n++) {
      subject.free(0, subject.allocate(0, size));
    }
  }

  @Override
  public Workload first(long operations) {
    return new Pair(Math.min(cycles, operations), size);
  }
}
