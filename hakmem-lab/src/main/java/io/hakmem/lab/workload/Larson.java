// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.IntStream;

/**
 * larson. Origin: Larson and Krishnan, "Memory allocation for long-running server applications",
 * 1998, as mimalloc-bench runs it. Each thread replaces random blocks among its own; after some
 * rounds it starts a thread that goes on with the same blocks, and ends: blocks outlive the threads
 * that allocated them. Twin: larson.c.
 */
final class Larson extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "larson";
  static final String USAGE =
      "[seconds=1 min-size=8 max-size=1000 chunks=5000 rounds=100 seed=4141]";

  private static final int WARM_UP = 4; // replacements for each block

  /**
   * Sizes are from {@code minSize} to {@code maxSize - 1}; a thread replaces {@code rounds} times
   * as many blocks as it has.
   */
  private record Recipe(int minSize, int maxSize, int chunks, int rounds, int seed) {
    int size(Lran2 random) {
      return minSize + random.next() % (maxSize - minSize);
    }
  }

  /** What a thread hands to the next one. */
  private static final class Share {
    final int firstSlot;
    final long[] blocks;
    final Lran2 random;
    long done;

    Share(int firstSlot, long[] blocks, Lran2 random) {
      this.firstSlot = firstSlot;
      this.blocks = blocks;
      this.random = random;
    }
  }

  private final Recipe recipe;
  private final Share[] shares;

  private Larson(List<String> arguments, int threads, Quota quota, Recipe recipe) {
    super(NAME, arguments, threads, quota);
    this.recipe = recipe;
    shares = new Share[threads];
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 6);
    BigDecimal seconds = arguments.seconds(0, "1");
    int min = (int) arguments.number(1, "min-size", 8, 2, 1 << 20);
    int max = (int) arguments.number(2, "max-size", 1000, min + 1, 1 << 20);
    int chunks = (int) arguments.number(3, "chunks", 5000, 1, 1 << 20);
    int rounds = (int) arguments.number(4, "rounds", 100, 1, 1 << 20);
    int seed = (int) arguments.number(5, "seed", 4141, 0, Integer.MAX_VALUE);
    return new Larson(
        Arguments.texts(seconds.toPlainString(), min, max, chunks, rounds, seed),
        threads,
        Quota.ofSeconds(seconds),
        new Recipe(min, max, chunks, rounds, seed));
  }

  @Override
  Workload with(Quota other) {
    return new Larson(arguments(), threadCount(), other, recipe);
  }

  @Override
  public boolean handsBlocksOver() {
    return true;
  }

  /** An operation is a replacement: a free and an allocation. */
  @Override
  public long pass(SubjectFactory subjects) {
    int slotCount = shares.length * recipe.chunks;
    Subject subject = subjects.open(slotCount);
    fill(subject, new Lran2(recipe.seed));
    long nanos = run(shares.length, subjects, slotCount, this);
    for (Share share : shares) {
      for (int i = 0; i < share.blocks.length; i++) {
        subject.free(share.firstSlot + i, share.blocks[i]);
      }
    }
    return nanos;
  }

  /** One thread allocates all blocks in random order, replaces many, and hands them out. */
  private void fill(Subject subject, Lran2 random) {
    long[][] blocks = new long[shares.length][recipe.chunks];
    for (int slot : permutation(shares.length * recipe.chunks, random)) {
      blocks[slot / recipe.chunks][slot % recipe.chunks] =
          subject.allocate(slot, recipe.size(random));
    }
    for (int n = 0; n < WARM_UP * shares.length; n++) {
      for (int i = 0; i < recipe.chunks; i++) {
        int slot = random.next() % (shares.length * recipe.chunks);
        replace(subject, blocks[slot / recipe.chunks], slot % recipe.chunks, slot, random);
      }
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] = new Share(i * recipe.chunks, blocks[i], new Lran2(random.next()));
    }
  }

  private static int[] permutation(int count, Lran2 random) {
    int[] order = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int j = random.next() % (i + 1);
      int other = order[j];
      order[j] = order[i];
      order[i] = other;
    }
    return order;
  }

  @Override
  public long run(int worker, Subject subject) {
    Share share = shares[worker];
    long before = share.done;
    long all = before + (long) recipe.rounds * recipe.chunks;
    for (int count; (count = (int) Math.min(quota().piece(share.done), all - share.done)) > 0; ) {
      replace(subject, share, count);
      share.done += count;
    }
    return share.done - before;
  }

  @Override
  public boolean isRelieved(int worker) {
    return quota().goesOn(shares[worker].done);
  }

  private void replace(Subject subject, Share share, int count) {
    long[] blocks = share.blocks;
    Lran2 random = share.random;
    for (int n = 0; n < count; n++) {
      int victim = random.next() % blocks.length;
      replace(subject, blocks, victim, share.firstSlot + victim, random);
    }
  }

  private void replace(Subject subject, long[] blocks, int victim, int slot, Lran2 random) {
    subject.free(slot, blocks[victim]);
    long address = subject.allocate(slot, recipe.size(random));
    RawMemory.putByte(address, (byte) victim);
    RawMemory.putByte(address + 1, RawMemory.getByte(address));
    blocks[victim] = address;
  }
}
