// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.math.BigDecimal;
import java.util.List;

/**
 * glibc-thread. Origin: bench-malloc-thread of the GNU C library. Each thread replaces random
 * blocks of its own and writes every byte; the larger a size, the rarer. Twin: glibc_thread.c.
 */
final class GlibcThread extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "glibc-thread";
  static final String USAGE = "[seconds=1]";

  private static final int SLOTS = 1024; // of each thread
  private static final int SIZES = 8000;
  private static final int SLOT_DRAWS = 4096;
  private static final double LEAST = 4;
  private static final double MOST = 32_768;
  private static final int SEED = 42;

  private final int[] sizes = new int[SIZES];
  private final int[] slots = new int[SLOT_DRAWS];

  private GlibcThread(List<String> arguments, int threads, Quota quota) {
    super(NAME, arguments, threads, quota);
    int random = SEED;
    for (int i = 0; i < SIZES; i++) {
      random = Xorshift.next(random);
      double part = Integer.toUnsignedLong(random) / 0x1p32;
      sizes[i] = (int) (1 / ((1 / MOST - 1 / LEAST) * part + 1 / LEAST));
    }
    for (int i = 0; i < SLOT_DRAWS; i++) {
      random = Xorshift.next(random);
      slots[i] = Integer.remainderUnsigned(random, SLOTS);
    }
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 1);
    BigDecimal seconds = arguments.seconds(0, "1");
    return new GlibcThread(
        Arguments.texts(seconds.toPlainString()), threads, Quota.ofSeconds(seconds));
  }

  @Override
  Workload with(Quota other) {
    return new GlibcThread(arguments(), threadCount(), other);
  }

  /** An operation is a replacement: a free, if there is a block, and an allocation. */
  @Override
  public long pass(SubjectFactory subjects) {
    return run(threadCount(), subjects, threadCount() * SLOTS, this);
  }

  @Override
  public long run(int worker, Subject subject) {
    long[] blocks = new long[SLOTS];
    int firstSlot = worker * SLOTS;
    long done = 0;
    for (int count; (count = quota().piece(done)) > 0; done += count) {
      replace(subject, blocks, firstSlot, done, count);
    }
    for (int slot = 0; slot < SLOTS; slot++) {
      if (blocks[slot] != 0) {
        subject.free(firstSlot + slot, blocks[slot]);
      }
    }
    return done;
  }

  private void replace(Subject subject, long[] blocks, int firstSlot, long done, int count) {
    int sizeIndex = (int) (done % SIZES);
    int slotIndex = (int) (done % SLOT_DRAWS);
    for (int n = 0; n < count; n++) {
      int slot = slots[slotIndex];
      if (blocks[slot] != 0) {
        subject.free(firstSlot + slot, blocks[slot]);
      }
      int size = sizes[sizeIndex];
      blocks[slot] = subject.allocate(firstSlot + slot, size);
      RawMemory.fill(blocks[slot], size, (byte) slot);
      sizeIndex = sizeIndex + 1 == SIZES ? 0 : sizeIndex + 1;
      slotIndex = slotIndex + 1 == SLOT_DRAWS ? 0 : slotIndex + 1;
    }
  }
}
