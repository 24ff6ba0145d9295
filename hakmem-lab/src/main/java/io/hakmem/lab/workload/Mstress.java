// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * mstress. Origin: mimalloc's stress test, as mimalloc-bench runs it. Short and long-lived blocks
 * of mixed sizes, a few of them huge, some exchanged between threads, in rounds with new threads
 * each; every word is written, and checked before the block is freed. More of its time goes into
 * memory than into the allocator. Twin: mstress.c.
 */
final class Mstress extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "mstress";
  static final String USAGE = "[scale=50 iterations=100]";

  private static final int TRANSFERS = 1000;
  private static final long COOKIE = 0xbf58476d1ce4e5b9L;

  private final int scale;
  private final Share[] shares;
  private final AtomicLongArray transfers = new AtomicLongArray(TRANSFERS);

  private Mstress(List<String> arguments, int threads, Quota quota, int scale) {
    super(NAME, arguments, threads, quota);
    this.scale = scale;
    shares = new Share[threads];
    int firstSlot = 0;
    for (int i = 0; i < threads; i++) {
      shares[i] = new Share(i, scale, firstSlot);
      firstSlot += blocks(i, scale);
    }
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 2);
    int scale = (int) arguments.number(0, "scale", 50, 1, 1000);
    int iterations = (int) arguments.number(1, "iterations", 100, 1, 1_000_000);
    // In blocks of the first thread, which has the fewest; done in whole rounds.
    Quota quota = Quota.ofOperations((long) iterations * blocks(0, scale));
    return new Mstress(Arguments.texts(scale, iterations), threads, quota, scale);
  }

  @Override
  Workload with(Quota other) {
    return new Mstress(arguments(), threadCount(), other, scale);
  }

  private static int transientBlocks(int thread, int scale) {
    return 100 * scale * (thread % 8 + 1);
  }

  /** Transient blocks of a round, and half as many that stay until its end. */
  private static int blocks(int thread, int scale) {
    return transientBlocks(thread, scale) * 3 / 2;
  }

  private long rounds() {
    return Math.ceilDiv(quota().operations(), blocks(0, scale));
  }

  private long blocksOfRound() {
    return IntStream.range(0, shares.length).mapToLong(i -> blocks(i, scale)).sum();
  }

  /** An operation is an allocation and its free. */
  @Override
  public long operations() {
    return rounds() * blocksOfRound();
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
  public boolean needsRealBlocks() {
    return true;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    int slotCount = (int) blocksOfRound();
    Subject subject = subjects.open(slotCount);
    long random = Mix64.seed(shares.length);
    long start = System.nanoTime();
    for (long round = rounds(); round > 0; round--) {
      run(shares.length, subjects, slotCount, this);
      for (int i = 0; i < TRANSFERS; i++) {
        random = Mix64.next(random);
        if (round == 1 || isChosen(random, 50)) {
          release(subject, 0, transfers.getAndSet(i, 0));
        }
      }
    }
    return System.nanoTime() - start;
  }

  @Override
  public long run(int worker, Subject subject) {
    shares[worker].run(subject, transfers);
    return 0;
  }

  /** Whether a number drawn says yes; it does so in one case of a hundred more than asked for. */
  private static boolean isChosen(long drawn, int percent) {
    return Long.remainderUnsigned(drawn, 100) <= percent;
  }

  private static void release(Subject subject, int slot, long address) {
    if (address != 0) {
      long words = RawMemory.getLong(address) ^ COOKIE;
      for (long i = 0; i < words; i++) {
        if ((RawMemory.getLong(address + 8 * i) ^ COOKIE) != words - i) {
          throw new IllegalStateException("word " + i + " of a block of " + words + " is spoilt");
        }
      }
      subject.free(slot, address);
    }
  }

  /** What one thread does in a round. */
  private static final class Share {
    private final long seed;
    private final int firstSlot;
    private final long[] transients;
    private final long[] retained;
    private final PaddedLongs random = new PaddedLongs(1);

    Share(int thread, int scale, int firstSlot) {
      seed = Mix64.seed(thread);
      this.firstSlot = firstSlot;
      transients = new long[transientBlocks(thread, scale)];
      retained = new long[transients.length / 2];
    }

    void run(Subject subject, AtomicLongArray transfers) {
      random.set(0, seed);
      int top = 0;
      int kept = 0;
      while (top < transients.length || kept < retained.length) {
        if (kept == retained.length || (isChosen(draw(), 50) && top < transients.length)) {
          transients[top] = allocate(subject, firstSlot + top, 1L << draw(5));
          top++;
        } else {
          retained[kept] = allocate(subject, firstSlot + transients.length + kept, 1L << draw(7));
          kept++;
        }
        if (isChosen(draw(), 66) && top > 0) {
          int i = draw(top);
          release(subject, firstSlot + i, transients[i]);
          transients[i] = 0;
        }
        if (isChosen(draw(), 25) && top > 0) {
          int i = draw(top);
          transients[i] = transfers.getAndSet(draw(TRANSFERS), transients[i]);
        }
      }
      releaseAll(subject, firstSlot + transients.length, retained);
      releaseAll(subject, firstSlot, transients);
    }

    private long allocate(Subject subject, int slot, long smallWords) {
      long words = smallWords;
      if (isChosen(draw(), 1)) {
        if (isChosen(draw(), 1)) {
          words *= 10_000;
        } else if (isChosen(draw(), 10)) {
          words *= 1000;
        } else {
          words *= 100;
        }
      }
      long address = subject.allocate(slot, 8 * words);
      for (long i = 0; i < words; i++) {
        RawMemory.putLong(address + 8 * i, (words - i) ^ COOKIE);
      }
      return address;
    }

    private static void releaseAll(Subject subject, int firstSlot, long[] blocks) {
      for (int i = 0; i < blocks.length; i++) {
        release(subject, firstSlot + i, blocks[i]);
        blocks[i] = 0;
      }
    }

    private long draw() {
      long drawn = Mix64.next(random.get(0));
      random.set(0, drawn);
      return drawn;
    }

    private int draw(int bound) {
      return (int) Long.remainderUnsigned(draw(), bound);
    }
  }
}
