// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.Optional;

/**
 * malloc-large. Origin: the test of that name of mimalloc-bench. Twenty buffers of some megabytes,
 * a random one replaced at a time and filled with zeros, which takes most of the time; without
 * filling it is the allocator's. Twin: malloc_large.c.
 */
final class MallocLarge implements Workload {
  static final String NAME = "malloc-large";
  static final String USAGE = "[iterations=200 filled=1]"; // filled: 0 or 1

  private static final int BUFFERS = 20;
  private static final int MIN_SIZE = 5 << 20;
  private static final int MAX_SIZE = 25 << 20;
  private static final int SEED = 42;

  private final long iterations;
  private final boolean filled;
  private final long[] blocks = new long[BUFFERS];

  private MallocLarge(long iterations, boolean filled) {
    this.iterations = iterations;
    this.filled = filled;
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 2);
    return new MallocLarge(
        arguments.number(0, "iterations", 200, 1, Integer.MAX_VALUE),
        arguments.number(1, "filled", 1, 0, 1) == 1);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return Arguments.texts(iterations, filled ? 1 : 0);
  }

  /** An operation is the replacement of a buffer. */
  @Override
  public long operations() {
    return iterations;
  }

  @Override
  public boolean needsRealBlocks() {
    return filled;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(BUFFERS + 1);
    long start = System.nanoTime();
    int random = SEED;
    for (long n = 0; n < iterations; n++) {
      random = Xorshift.next(random);
      int slot = Integer.remainderUnsigned(random, BUFFERS);
      random = Xorshift.next(random);
      replace(subject, slot, MIN_SIZE + Integer.remainderUnsigned(random, MAX_SIZE - MIN_SIZE + 1));
    }
    for (int slot = 0; slot < BUFFERS; slot++) {
      release(subject, slot);
    }
    return System.nanoTime() - start;
  }

  /** The old buffer is freed when the new one is there. */
  private void replace(Subject subject, int slot, int size) {
    long address = subject.allocate(slot, size);
    if (filled) {
      RawMemory.fill(address, size, (byte) 0);
    }
    release(subject, slot);
    blocks[slot] = address;
  }

  private void release(Subject subject, int slot) {
    if (blocks[slot] != 0) {
      subject.free(slot, blocks[slot]);
      blocks[slot] = 0;
    }
  }

  /** Filled or not, the same. */
  @Override
  public Optional<Peak> peak() {
    return Optional.of(DryRun.of(new MallocLarge(iterations, false)).peak());
  }

  @Override
  public Workload first(long operations) {
    return new MallocLarge(Math.min(iterations, operations), filled);
  }
}
