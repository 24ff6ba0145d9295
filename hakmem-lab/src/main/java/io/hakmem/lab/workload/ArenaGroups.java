// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.Optional;

/**
 * arena. Origin: our own; memory whose life is a lexical scope. Opens an arena, allocates some
 * blocks in it, closes it; where a subject has no arenas, blocks are freed one by one, in the order
 * of allocation. Nothing is touched but what an arena zeroes. Twin: arena.c.
 */
final class ArenaGroups implements Workload {
  static final String NAME = "arena";
  static final String USAGE = "[allocations=10 cycles=1000000]";

  private static final int BLOCK_BYTES = 64;
  private static final int PIECE = 1 << 12; // arenas; as in RandomMixed

  private final int allocations;
  private final long cycles;

  private ArenaGroups(int allocations, long cycles) {
    this.allocations = allocations;
    this.cycles = cycles;
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 2);
    return new ArenaGroups(
        (int) arguments.number(0, "allocations", 10, 1, 1 << 20),
        arguments.number(1, "cycles", 1_000_000, 1, Integer.MAX_VALUE));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return Arguments.texts(allocations, cycles);
  }

  /** An operation is the life of an arena. */
  @Override
  public long operations() {
    return cycles;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(allocations);
    long[] blocks = new long[allocations];
    long start = System.nanoTime();
    for (long left = cycles; left > 0; left -= PIECE) {
      groups(subject, blocks, (int) Math.min(left, PIECE));
    }
    return System.nanoTime() - start;
  }

  private static void groups(Subject subject, long[] blocks, int count) {
    for (int n = 0; n < count; n++) {
      subject.group(blocks, BLOCK_BYTES);
    }
  }

  /** Not told: in an arena, blocks are gone before there is an occasion to look. */
  @Override
  public Optional<Peak> peak() {
    return Optional.empty();
  }

  @Override
  public Workload first(long operations) {
    return new ArenaGroups(allocations, Math.min(cycles, operations));
  }
}
