// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * mleak. Origin: the leak test of mimalloc-bench. Threads come and go, ten at a time; each leaves
 * one block behind, which a later thread frees. What it times is mostly the start of threads, the
 * allocator's part of it included; its memory must not grow. Twin: mleak.c.
 */
final class Mleak implements Workload {
  static final String NAME = "mleak";
  static final String USAGE = "[scale=10]";

  private static final int ROUNDS = 100; // for each unit of scale
  private static final int THREADS = 10;
  private static final int TRANSFERS = 1000;
  private static final int BLOCK_BYTES = 128;

  private final int scale;
  private final int rounds;
  private final AtomicLongArray transfers = new AtomicLongArray(TRANSFERS);

  private Mleak(int scale, int rounds) {
    this.scale = scale;
    this.rounds = rounds;
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 1);
    int scale = (int) arguments.number(0, "scale", 10, 1, 100_000);
    return new Mleak(scale, scale * ROUNDS);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return Arguments.texts(scale);
  }

  /** An operation is the life of a thread. */
  @Override
  public long operations() {
    return (long) rounds * THREADS;
  }

  @Override
  public boolean handsBlocksOver() {
    return true;
  }

  @Override
  public boolean keepsSlots() {
    return false;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(TRANSFERS);
    Thread[] threads = new Thread[THREADS];
    long start = System.nanoTime();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < THREADS; i++) {
        long seed = Mix64.seed((long) round * THREADS + i);
        threads[i] = new Thread(() -> live(subjects.open(TRANSFERS), seed));
        threads[i].start();
      }
      Threads.join(threads);
    }
    for (int slot = 0; slot < TRANSFERS; slot++) {
      release(subject, slot, transfers.getAndSet(slot, 0));
    }
    return System.nanoTime() - start;
  }

  private void live(Subject subject, long seed) {
    int slot = (int) Long.remainderUnsigned(Mix64.next(seed), TRANSFERS);
    long address = subject.allocateZeroed(slot, BLOCK_BYTES);
    release(subject, slot, transfers.getAndSet(slot, address));
  }

  private static void release(Subject subject, int slot, long address) {
    if (address != 0) {
      subject.free(slot, address);
    }
  }

  @Override
  public Workload first(long operations) {
    return new Mleak(scale, (int) Math.min(rounds, Math.ceilDiv(operations, THREADS)));
  }

  /** How many blocks are left behind depends on which thread comes first. */
  @Override
  public Optional<Peak> peak() {
    return Optional.empty();
  }
}
