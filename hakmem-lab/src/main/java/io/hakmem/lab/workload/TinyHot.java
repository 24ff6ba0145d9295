// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.Optional;

/**
 * tiny-hot. Origin: bench_tiny_hot of the original hakmem; the front cache at its best. A batch of
 * blocks of one size is allocated and freed in reverse; nothing is touched. Twin: tiny_hot.c.
 */
public final class TinyHot implements Workload {
  static final String NAME = "tiny-hot";
  static final String USAGE = "[size=64 batch=100 cycles=2000000]";

  private static final int PIECE = 1 << 10; // as in RandomMixed

  private final long size;
  private final long cycles;
  private final long[] blocks;

  private TinyHot(long size, int batch, long cycles) {
    this.size = size;
    this.cycles = cycles;
    blocks = new long[batch];
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 3);
    return new TinyHot(
        arguments.number(0, "size", 64, 1, Integer.MAX_VALUE),
        (int) arguments.number(1, "batch", 100, 1, 1 << 24),
        arguments.number(2, "cycles", 2_000_000, 1, Integer.MAX_VALUE));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of("" + size, "" + blocks.length, "" + cycles);
  }

  /** Each allocation and each free is one. */
  @Override
  public long operations() {
    return cycles * blocks.length * 2;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(blocks.length);
    long start = System.nanoTime();
    for (long left = cycles; left > 0; left -= PIECE) {
      batches(subject, (int) Math.min(left, PIECE));
    }
    return System.nanoTime() - start;
  }

  private void batches(Subject subject, int count) {
    long[] batch = blocks;
    for (int n = 0; n < count; n++) {
      for (int i = 0; i < batch.length; i++) {
        batch[i] = subject.allocate(i, size);
      }
      for (int i = batch.length - 1; i >= 0; i--) {
        subject.free(i, batch[i]);
      }
    }
  }

  /** At the end of every batch. */
  @Override
  public Optional<Peak> peak() {
    return Optional.of(new Peak(blocks.length, blocks.length * size));
  }

  @Override
  public Workload first(long operations) {
    long needed = Math.ceilDiv(operations, 2L * blocks.length);
    return new TinyHot(size, blocks.length, Math.min(cycles, needed));
  }
}
