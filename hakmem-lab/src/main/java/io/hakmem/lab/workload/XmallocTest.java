// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.math.BigDecimal;
import java.util.List;

/**
 * xmalloc-test. Origin: the test of Lever and Boreham, "malloc() performance in a multithreaded
 * Linux environment", 2000, as mimalloc-bench runs it. As many producers as threads and as many
 * consumers: every block is freed by another thread than allocated it. The batches in which blocks
 * change hands are blocks too. Twin: xmalloc_test.c.
 */
final class XmallocTest extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "xmalloc-test";
  static final String USAGE = "[seconds=1 size=64]"; // size -1: random

  private static final int BATCH = 4096;
  private static final int RECORD_SLOT = BATCH;
  private static final long RECORD_BYTES = 8 * (BATCH + 1L); // a link, though nobody needs it here
  private static final int TOUCHED_BYTES = 128;
  private static final int RANDOM = -1;
  private static final int[] SIZES = {
    8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048
  };

  private final int size;
  private final BatchStack stack;

  private XmallocTest(List<String> arguments, int threads, Quota quota, int size) {
    super(NAME, arguments, threads, quota);
    this.size = size;
    stack = new BatchStack(threads, quota);
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 2);
    BigDecimal seconds = arguments.seconds(0, "1");
    int size = (int) arguments.number(1, "size", 64, RANDOM, 1 << 17);
    return new XmallocTest(
        Arguments.texts(seconds.toPlainString(), size), threads, Quota.ofSeconds(seconds), size);
  }

  @Override
  Workload with(Quota other) {
    return new XmallocTest(arguments(), threadCount(), other, size);
  }

  @Override
  public boolean handsBlocksOver() {
    return true;
  }

  @Override
  public boolean keepsSlots() {
    return false;
  }

  /** An operation is an object freed by a consumer. */
  @Override
  public long pass(SubjectFactory subjects) {
    stack.reset();
    Subject subject = subjects.open(BATCH + 1);
    long nanos = run(2 * threadCount(), subjects, BATCH + 1, this);
    for (long record = stack.poll(); record != 0; record = stack.poll()) {
      free(subject, record);
    }
    return nanos;
  }

  @Override
  public long run(int worker, Subject subject) {
    return worker < threadCount() ? produce(worker, subject) : consume(subject);
  }

  private long produce(int worker, Subject subject) {
    Lran2 random = new Lran2(worker);
    for (long done = 0; quota().goesOn(done); done += BATCH) {
      long record = subject.allocate(RECORD_SLOT, RECORD_BYTES);
      RawMemory.putLong(record, 0);
      fill(subject, record, random);
      stack.push(record);
    }
    stack.end();
    return 0;
  }

  private void fill(Subject subject, long record, Lran2 random) {
    for (int i = 0; i < BATCH; i++) {
      int bytes = size == RANDOM ? SIZES[random.next() % SIZES.length] : size;
      long address = subject.allocate(i, bytes);
      RawMemory.fill(address, Math.min(bytes, TOUCHED_BYTES), (byte) i);
      RawMemory.putLong(record + 8 + 8L * i, address);
    }
  }

  private long consume(Subject subject) {
    long done = 0;
    for (long record; (record = stack.pop()) != 0; done += BATCH) {
      free(subject, record);
    }
    return done;
  }

  private static void free(Subject subject, long record) {
    for (int i = 0; i < BATCH; i++) {
      subject.free(i, RawMemory.getLong(record + 8 + 8L * i));
    }
    subject.free(RECORD_SLOT, record);
  }
}
