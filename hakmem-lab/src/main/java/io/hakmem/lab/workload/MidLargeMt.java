// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;

/**
 * mid-large-mt. Origin: bench_mid_large_mt of the original hakmem. Random-mixed with blocks of 8 to
 * 34 KiB, each thread for itself; only the first byte of a block is touched. Twin: mid_large_mt.c.
 */
final class MidLargeMt extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "mid-large-mt";
  static final String USAGE = "[cycles=10000000 slots=2048 seed=42]"; // of each thread

  private static final int LEAST_SHIFT = 13;
  private static final int SHIFTS = 3;
  private static final int SIZE_MASK = 0x7FF;
  private static final int THREAD_FACTOR = (int) 2_654_435_761L;

  private final int seed;
  private final long[][] blocks; // by thread

  private MidLargeMt(List<String> arguments, int threads, Quota quota, int slots, int seed) {
    super(NAME, arguments, threads, quota);
    this.seed = seed;
    blocks = new long[threads][slots];
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 3);
    long cycles = arguments.number(0, "cycles", 10_000_000, 1, Long.MAX_VALUE);
    int slots = (int) arguments.number(1, "slots", 2048, 1, 1 << 20);
    long seed = arguments.number(2, "seed", 42, 0, Xorshift.MAX_SEED);
    return new MidLargeMt(
        Arguments.texts(cycles, slots, seed),
        threads,
        Quota.ofOperations(cycles),
        slots,
        (int) seed);
  }

  @Override
  Workload with(Quota other) {
    return new MidLargeMt(arguments(), threadCount(), other, blocks[0].length, seed);
  }

  /** An operation is an allocation or a free. */
  @Override
  public long pass(SubjectFactory subjects) {
    return run(blocks.length, subjects, blocks.length * blocks[0].length, this);
  }

  @Override
  public long run(int worker, Subject subject) {
    long[] own = blocks[worker];
    int firstSlot = worker * own.length;
    int random = seed ^ (worker + 1) * THREAD_FACTOR;
    long done = 0;
    for (int count; (count = quota().piece(done)) > 0; done += count) {
      random = steps(subject, own, firstSlot, random, count);
    }
    for (int i = 0; i < own.length; i++) {
      if (own[i] != 0) {
        subject.free(firstSlot + i, own[i]);
        own[i] = 0;
      }
    }
    return done;
  }

  private static int steps(Subject subject, long[] own, int firstSlot, int state, int count) {
    int r = state;
    for (int n = 0; n < count; n++) {
      r = Xorshift.next(r);
      int i = Integer.remainderUnsigned(r, own.length);
      long address = own[i];
      if (address != 0) {
        subject.free(firstSlot + i, address);
        own[i] = 0;
      } else {
        int size = (1 << (LEAST_SHIFT + Integer.remainderUnsigned(r, SHIFTS))) + (r & SIZE_MASK);
        address = subject.allocate(firstSlot + i, size);
        RawMemory.putByte(address, (byte) r);
        own[i] = address;
      }
    }
    return r;
  }
}
