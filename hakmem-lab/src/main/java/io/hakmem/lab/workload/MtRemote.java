// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;

/**
 * mt-remote. Origin: bench_random_mixed_mt_remote of hakozuna, the original hakmem's successor. A
 * random slot of each thread is filled or emptied; of what is emptied a part is sent to the next
 * thread, which frees it. Nothing is touched. Twin: mt_remote.c.
 */
final class MtRemote extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "mt-remote";
  static final String USAGE =
      "[iterations=20000000 slots=400 min-size=16 max-size=2048 remote-percent=90 ring=65536]";

  private static final int SEED = 0x12345678;
  private static final int SEED_STEP = 977;

  /**
   * @param slots of each thread
   * @param ring how many blocks may be on their way to a thread
   */
  private record Recipe(int slots, int minSize, int maxSize, int remotePercent, int ring) {}

  /** What one thread works on. */
  private static final class Share {
    final long[] blocks;
    final AddressRing inbound;
    final AddressRing outbound;
    int state;
    long received;

    Share(int slots, AddressRing inbound, AddressRing outbound) {
      blocks = new long[slots];
      this.inbound = inbound;
      this.outbound = outbound;
    }
  }

  private final Recipe recipe;
  private final Share[] shares;

  private MtRemote(List<String> arguments, int threads, Quota quota, Recipe recipe) {
    super(NAME, arguments, threads, quota);
    this.recipe = recipe;
    shares = new Share[threads];
    AddressRing first = new AddressRing(recipe.ring);
    AddressRing inbound = first;
    for (int i = 0; i < threads; i++) {
      AddressRing outbound = i == threads - 1 ? first : new AddressRing(recipe.ring);
      shares[i] = new Share(recipe.slots, inbound, outbound);
      inbound = outbound;
    }
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 6);
    long iterations = arguments.number(0, "iterations", 20_000_000, 1, Long.MAX_VALUE);
    int slots = (int) arguments.number(1, "slots", 400, 1, 1 << 20);
    int min = (int) arguments.number(2, "min-size", 16, 1, 1 << 30);
    int max = (int) arguments.number(3, "max-size", 2048, min, 1 << 30);
    int remote = (int) arguments.number(4, "remote-percent", 90, 0, 100);
    int ring = (int) arguments.number(5, "ring", 65_536, 1, 1 << 24);
    if (Integer.bitCount(ring) != 1) {
      throw new UsageException(NAME + ": ring must be a power of two, not " + ring);
    }
    return new MtRemote(
        Arguments.texts(iterations, slots, min, max, remote, ring),
        threads,
        Quota.ofOperations(iterations),
        new Recipe(slots, min, max, remote, ring));
  }

  @Override
  Workload with(Quota other) {
    return new MtRemote(arguments(), threadCount(), other, recipe);
  }

  @Override
  public boolean handsBlocksOver() {
    return true;
  }

  @Override
  public boolean keepsSlots() {
    return false;
  }

  /** An operation is an allocation, a free, or sending a block to be freed. */
  @Override
  public long pass(SubjectFactory subjects) {
    int slotCount = recipe.slots * shares.length;
    Subject subject = subjects.open(slotCount);
    long nanos = run(shares.length, subjects, slotCount, this);
    for (int i = 0; i < shares.length; i++) {
      shares[i].inbound.drain(subject);
      for (int slot = 0; slot < recipe.slots; slot++) {
        long address = shares[i].blocks[slot];
        if (address != 0) {
          subject.free(i * recipe.slots + slot, address);
          shares[i].blocks[slot] = 0;
        }
      }
    }
    return nanos;
  }

  @Override
  public long run(int worker, Subject subject) {
    Share share = shares[worker];
    share.state = SEED + SEED_STEP * worker;
    share.received = 0;
    long done = 0;
    for (int count; (count = quota().piece(done)) > 0; done += count) {
      steps(share, subject, worker * recipe.slots, count);
    }
    share.received += share.inbound.drain(subject);
    return done + share.received;
  }

  private void steps(Share share, Subject subject, int firstSlot, int count) {
    long[] blocks = share.blocks;
    int spread = recipe.maxSize - recipe.minSize + 1;
    boolean sends = shares.length > 1;
    long received = 0;
    int r = share.state;
    for (int n = 0; n < count; n++) {
      received += share.inbound.drain(subject);
      r = next(r);
      int slot = Integer.remainderUnsigned(r, blocks.length);
      r = next(r);
      int size = recipe.minSize + Integer.remainderUnsigned(r, spread);
      long address = blocks[slot];
      if (address == 0) {
        blocks[slot] = subject.allocate(firstSlot + slot, size);
        continue;
      }
      if (sends) {
        r = next(r);
      }
      boolean sent =
          sends
              && Integer.remainderUnsigned(r, 100) < recipe.remotePercent
              && share.outbound.offer(address);
      if (!sent) {
        subject.free(firstSlot + slot, address);
      }
      blocks[slot] = 0;
    }
    share.state = r;
    share.received += received;
  }

  private static int next(int state) {
    return state * 1_664_525 + 1_013_904_223;
  }
}
