// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * comprehensive. Origin: bench_comprehensive of the original hakmem, of which only the outline is
 * known: six orders of allocating and freeing a hundred small blocks. The first byte of each is
 * touched. Twin: comprehensive.c.
 */
final class Comprehensive implements Workload {
  static final String NAME = "comprehensive";
  static final String USAGE = "[rounds=50000]";

  private static final int BLOCKS = 100;
  private static final int[] SIZES = {16, 32, 64, 128};
  private static final int[] MIXED_SIZES = {8, 16, 32, 64};
  private static final int SEED = 42;
  private static final int BLOCKS_OF_ROUND = SIZES.length * (6 * BLOCKS + BLOCKS / 2);

  private final long rounds;
  private final long[] blocks = new long[BLOCKS];
  private final int[] shuffled = IntStream.range(0, BLOCKS).toArray();

  private Comprehensive(long rounds) {
    this.rounds = rounds;
    int random = SEED;
    for (int i = BLOCKS - 1; i > 0; i--) {
      random = Xorshift.next(random);
      int j = Integer.remainderUnsigned(random, i + 1);
      int other = shuffled[j];
      shuffled[j] = shuffled[i];
      shuffled[i] = other;
    }
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 1);
    return new Comprehensive(arguments.number(0, "rounds", 50_000, 1, Integer.MAX_VALUE));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return Arguments.texts(rounds);
  }

  /** An operation is an allocation and its free. */
  @Override
  public long operations() {
    return rounds * BLOCKS_OF_ROUND;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(BLOCKS);
    long start = System.nanoTime();
    for (long n = 0; n < rounds; n++) {
      for (int size : SIZES) {
        lastInFirstOut(subject, size);
        firstInFirstOut(subject, size);
        inRandomOrder(subject, size);
        interleaved(subject, size);
        mixedSizes(subject);
        longLived(subject, size);
      }
    }
    return System.nanoTime() - start;
  }

  private void lastInFirstOut(Subject subject, int size) {
    for (int i = 0; i < BLOCKS; i++) {
      allocate(subject, i, size);
    }
    for (int i = BLOCKS - 1; i >= 0; i--) {
      free(subject, i);
    }
  }

  private void firstInFirstOut(Subject subject, int size) {
    for (int i = 0; i < BLOCKS; i++) {
      allocate(subject, i, size);
    }
    for (int i = 0; i < BLOCKS; i++) {
      free(subject, i);
    }
  }

  private void inRandomOrder(Subject subject, int size) {
    for (int i = 0; i < BLOCKS; i++) {
      allocate(subject, i, size);
    }
    for (int i : shuffled) {
      free(subject, i);
    }
  }

  /** Of two blocks allocated the first is freed at once, the second at the end. */
  private void interleaved(Subject subject, int size) {
    for (int i = 0; i < BLOCKS; i += 2) {
      allocate(subject, i, size);
      allocate(subject, i + 1, size);
      free(subject, i);
    }
    for (int i = 1; i < BLOCKS; i += 2) {
      free(subject, i);
    }
  }

  private void mixedSizes(Subject subject) {
    for (int i = 0; i < BLOCKS; i++) {
      allocate(subject, i, MIXED_SIZES[i % MIXED_SIZES.length]);
    }
    for (int i = 0; i < BLOCKS; i++) {
      free(subject, i);
    }
  }

  /** Half the blocks stay; the others come and go, one after the other. */
  private void longLived(Subject subject, int size) {
    for (int i = 0; i < BLOCKS; i += 2) {
      allocate(subject, i, size);
    }
    for (int i = 0; i < BLOCKS; i++) {
      allocate(subject, i | 1, size);
      free(subject, i | 1);
    }
    for (int i = 0; i < BLOCKS; i += 2) {
      free(subject, i);
    }
  }

  private void allocate(Subject subject, int slot, int size) {
    long address = subject.allocate(slot, size);
    RawMemory.putByte(address, (byte) slot);
    blocks[slot] = address;
  }

  private void free(Subject subject, int slot) {
    subject.free(slot, blocks[slot]);
  }

  /** Of the first round: the others are the same. */
  @Override
  public Optional<Peak> peak() {
    return Optional.of(DryRun.of(new Comprehensive(1)).peak());
  }

  @Override
  public Workload first(long operations) {
    return new Comprehensive(Math.min(rounds, Math.ceilDiv(operations, BLOCKS_OF_ROUND)));
  }
}
