// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;

/**
 * alloc-test. Origin: OLogN Technologies' alloc-test, as mimalloc-bench runs it. A random slot of
 * many is emptied or filled, some slots far more often than others, most blocks small; all bytes of
 * a block are written, and read before it is freed. No block changes threads. Twin: alloc_test.c.
 */
final class AllocTest extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "alloc-test";
  static final String USAGE = "[operations=20000000]"; // of each thread

  private static final int SLOTS = 1 << 18; // of all threads
  private static final long SEED = 41;
  private static final long MULTIPLIER = 0xd989bcacc137dcd5L;

  /** A level is drawn with its probability; it spans that of its mirror image, of the slots. */
  private static final double[] LEVELS = {
    .262144, .393216, .24576, .08192, .01536, .001536, .000064
  };

  private final Share[] shares;

  private AllocTest(List<String> arguments, int threads, Quota quota) {
    super(NAME, arguments, threads, quota);
    shares = new Share[threads];
    int slots = SLOTS / threads;
    for (int i = 0; i < threads; i++) {
      shares[i] = new Share(slots, i * slots);
    }
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 1);
    long operations = arguments.number(0, "operations", 20_000_000, 1, Long.MAX_VALUE);
    return new AllocTest(Arguments.texts(operations), threads, Quota.ofOperations(operations));
  }

  @Override
  Workload with(Quota other) {
    return new AllocTest(arguments(), threadCount(), other);
  }

  /** An operation is an allocation or a free. */
  @Override
  public long pass(SubjectFactory subjects) {
    return run(shares.length, subjects, SLOTS, this);
  }

  @Override
  public long run(int worker, Subject subject) {
    return shares[worker].run(subject, quota());
  }

  /** What one thread works on. */
  private static final class Share {
    private final int firstSlot;
    private final long[] blocks;
    private final int[] sizes;
    private final long[] levelEnds = new long[LEVELS.length]; // of a draw of 32 bits
    private final int[] levelSlots = new int[LEVELS.length + 1];

    @SuppressWarnings("unused") // kept, so that the bytes are read
    private long sum;

    Share(int slots, int firstSlot) {
      this.firstSlot = firstSlot;
      blocks = new long[slots];
      sizes = new int[slots];
      double drawn = 0;
      double spanned = 0;
      for (int i = 0; i < LEVELS.length; i++) {
        drawn += LEVELS[i];
        spanned += LEVELS[LEVELS.length - 1 - i];
        levelEnds[i] = (long) (drawn * 0x1p32);
        levelSlots[i + 1] = (int) (spanned * slots);
      }
      levelSlots[LEVELS.length] = slots;
    }

    long run(Subject subject, Quota quota) {
      long state = fillHalf(subject, SEED);
      long done = 0;
      for (int count; (count = quota.piece(done)) > 0; done += count) {
        state = steps(subject, state, count);
      }
      for (int slot = 0; slot < blocks.length; slot++) {
        if (blocks[slot] != 0) {
          sum += release(subject, slot);
        }
      }
      return done;
    }

    private long fillHalf(Subject subject, long seed) {
      long state = seed;
      int bits = 0;
      for (int slot = 0; slot < blocks.length; slot++) {
        if (slot % Integer.SIZE == 0) {
          bits = drawn(state);
          state = next(state);
        }
        if (((bits >>> slot) & 1) != 0) {
          state = fill(subject, slot, state);
        }
      }
      return state;
    }

    private long steps(Subject subject, long seed, int count) {
      long state = seed;
      long read = 0; // not in the field: another thread's may be in the same cache line
      for (int n = 0; n < count; n++) {
        int slot = slot(drawn(state), drawn(next(state)));
        state = next(next(state));
        if (blocks[slot] != 0) {
          read += release(subject, slot);
        } else {
          state = fill(subject, slot, state);
        }
      }
      sum += read;
      return state;
    }

    private int slot(int level, int position) {
      long draw = Integer.toUnsignedLong(level);
      int i = 0;
      while (i < LEVELS.length - 1 && draw >= levelEnds[i]) {
        i++;
      }
      int span = levelSlots[i + 1] - levelSlots[i];
      return levelSlots[i] + (int) ((Integer.toUnsignedLong(position) * span) >>> Integer.SIZE);
    }

    private long fill(Subject subject, int slot, long state) {
      long draw =
          ((long) drawn(state) << Integer.SIZE) | Integer.toUnsignedLong(drawn(next(state)));
      int power = Long.numberOfTrailingZeros((draw & 127) + 1) + 2;
      int size = ((int) (draw >>> 7) & ((1 << power) - 1)) + 1 + (1 << power);
      long address = subject.allocate(firstSlot + slot, size);
      RawMemory.fill(address, size, (byte) slot);
      blocks[slot] = address;
      sizes[slot] = size;
      return next(next(state));
    }

    /** Some sum of the bytes of the block. */
    private long release(Subject subject, int slot) {
      long address = blocks[slot];
      long read = RawMemory.sum(address, sizes[slot]);
      subject.free(firstSlot + slot, address);
      blocks[slot] = 0;
      return read;
    }
  }

  private static int drawn(long state) {
    return (int) ((state * MULTIPLIER) >>> Integer.SIZE);
  }

  private static long next(long state) {
    long x = state;
    x ^= x >>> 11;
    x ^= x << 31;
    x ^= x >>> 18;
    return x;
  }
}
