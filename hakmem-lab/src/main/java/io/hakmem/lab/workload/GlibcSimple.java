// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;

/**
 * glibc-simple. Origin: bench-malloc-simple of the GNU C library. Batches of small blocks of one
 * size, written, then freed half in order and half in reverse; by the main thread, by another one,
 * by the main thread again. Twin: glibc_simple.c.
 */
final class GlibcSimple implements Workload {
  static final String NAME = "glibc-simple";
  static final String USAGE = "[iterations=2000000]"; // blocks of each size and batch

  private static final int[] SIZES = {16, 32, 64};
  private static final int[] BATCHES = {25, 100, 400, 1600};
  private static final int LARGEST_BATCH = 1600;
  private static final int PARTS = 3; // main thread, another, main thread
  private static final int PIECE = 16; // batches; as in RandomMixed

  private final long iterations;
  private final long[] blocks = new long[LARGEST_BATCH];

  private GlibcSimple(long iterations) {
    this.iterations = iterations;
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 1);
    return new GlibcSimple(
        arguments.number(0, "iterations", 2_000_000, LARGEST_BATCH, Integer.MAX_VALUE));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return Arguments.texts(iterations);
  }

  /** An operation is an allocation and its free. */
  @Override
  public long operations() {
    long ofOneSize = 0;
    for (int batch : BATCHES) {
      ofOneSize += iterations / batch * batch;
    }
    return ofOneSize * SIZES.length * PARTS;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(LARGEST_BATCH);
    long start = System.nanoTime();
    part(subject);
    Thread other = new Thread(() -> part(subjects.open(LARGEST_BATCH)));
    other.start();
    Threads.join(other);
    part(subject);
    return System.nanoTime() - start;
  }

  private void part(Subject subject) {
    for (int size : SIZES) {
      for (int batch : BATCHES) {
        for (long left = iterations / batch; left > 0; left -= PIECE) {
          batches(subject, size, batch, (int) Math.min(left, PIECE));
        }
      }
    }
  }

  private void batches(Subject subject, int size, int batch, int count) {
    long[] blocks = this.blocks;
    for (int done = 0; done < count; done++) {
      for (int i = 0; i < batch; i++) {
        blocks[i] = subject.allocate(i, size);
        RawMemory.fill(blocks[i], size, (byte) i);
      }
      // First up to the middle, then down to it, by one call: a second one, inlined as well, would
      // take the method across the number of nodes at which C2 stops.
      int half = batch / 2;
      for (int n = 0; n < batch; n++) {
        int i = n < half ? n : half + batch - 1 - n;
        subject.free(i, blocks[i]);
      }
    }
  }

  @Override
  public Workload first(long operations) {
    long each = Math.ceilDiv(operations, PARTS * SIZES.length * BATCHES.length);
    return new GlibcSimple(Math.max(LARGEST_BATCH, Math.min(iterations, each)));
  }
}
