// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;

/**
 * cache-scratch and cache-thrash. Origin: the tests of Hoard's authors, as mimalloc-bench runs
 * them. Each thread writes and reads a tiny block of its own again and again: slow where blocks of
 * different threads share a cache line. In cache-scratch the threads first free blocks that one
 * thread allocated side by side. Twin: false_sharing.c.
 */
final class FalseSharing extends ThreadedWorkload implements Workers.Body {
  static final String SCRATCH = "cache-scratch";
  static final String THRASH = "cache-thrash";
  static final String USAGE = "[iterations=1000 size=1 repetitions=1000000]";

  /**
   * @param size of a block
   * @param repetitions in an iteration, of one thread
   */
  private record Recipe(int size, long repetitions) {}

  private final Recipe recipe;
  private final long[] handedOut;

  private FalseSharing(
      String name, List<String> arguments, int threads, Quota quota, Recipe recipe) {
    super(name, arguments, threads, quota);
    this.recipe = recipe;
    handedOut = new long[threads];
  }

  static Workload parseScratch(List<String> given, int threads) {
    return parse(SCRATCH, given, threads);
  }

  static Workload parseThrash(List<String> given, int threads) {
    return parse(THRASH, given, threads);
  }

  private static Workload parse(String name, List<String> given, int threads) {
    Arguments arguments = new Arguments(name, USAGE, given, 3);
    long iterations = arguments.number(0, "iterations", 1000, 1, Integer.MAX_VALUE);
    int size = (int) arguments.number(1, "size", 1, 1, 1 << 16);
    long repetitions = arguments.number(2, "repetitions", 1_000_000, threads, Integer.MAX_VALUE);
    return new FalseSharing(
        name,
        Arguments.texts(iterations, size, repetitions),
        threads,
        Quota.ofOperations(iterations * (repetitions / threads)),
        new Recipe(size, repetitions / threads));
  }

  @Override
  Workload with(Quota other) {
    return new FalseSharing(name(), arguments(), threadCount(), other, recipe);
  }

  @Override
  public boolean handsBlocksOver() {
    return name().equals(SCRATCH);
  }

  /** An operation is a read and a write of every byte of a block. */
  @Override
  public long pass(SubjectFactory subjects) {
    int threads = threadCount();
    if (handsBlocksOver()) {
      Subject subject = subjects.open(threads);
      for (int i = 0; i < threads; i++) {
        handedOut[i] = subject.allocate(i, recipe.size);
      }
    }
    return run(threads, subjects, threads, this);
  }

  @Override
  public long run(int worker, Subject subject) {
    if (handsBlocksOver()) {
      subject.free(worker, handedOut[worker]);
    }
    long done = 0;
    while (quota().goesOn(done)) {
      long count = Math.min(recipe.repetitions, quota().operations() - done);
      long address = subject.allocate(worker, recipe.size);
      writeAndRead(address, count);
      subject.free(worker, address);
      done += count;
    }
    return done;
  }

  private void writeAndRead(long address, long count) {
    long end = address + recipe.size;
    for (long n = 0; n < count; n++) {
      long at = address;
      do {
        // Each depends on the one before, so that no compiler runs ahead of the cache. Read without
        // a sign, and in a loop that asks at its foot, C2 does as a C compiler: the address stays
        // in a register, and some processors forward at once what was stored there.
        RawMemory.putByteOpaque(at, (byte) ((RawMemory.getByteOpaque(at) & 0xff) + 1));
        at++;
      } while (at != end);
    }
  }
}
