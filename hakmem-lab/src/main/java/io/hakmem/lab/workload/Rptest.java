// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * rptest. Origin: rpmalloc's benchmark, as mimalloc-bench runs it. Blocks of mixed sizes and
 * alignments, a byte of every page touched; every other loop a batch of them goes to the next
 * thread, which frees it. Twin: rptest.c.
 */
final class Rptest extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "rptest";
  static final String USAGE =
      "[mode=0 size-mode=1 cross=2 loops=10000 blocks=1000 operations=100 min-size=8"
          + " max-size=16000]"; // mode 0, random, is the only one

  private static final int[] ALIGNMENTS = {0, 8, 16};
  private static final int PAGE = 4096;
  private static final int ALLOCATION_STEP = 7; // primes: each step walks over all slots
  private static final int FREE_STEP = 11;
  private static final int START_STEP = 397; // in the tables, from thread to thread

  /**
   * @param cross every how many loops a batch goes to the next thread
   * @param blocks of each thread
   */
  private record Recipe(int cross, int loops, int blocks, RptestTables tables) {}

  /** Blocks for another thread, made ahead so that handing them over makes no garbage. */
  private static final class Batch {
    final long[] blocks;
    @Nullable Batch next;

    Batch(int size) {
      blocks = new long[size];
    }
  }

  private final Recipe recipe;
  private final Share[] shares;

  private Rptest(List<String> arguments, int threads, Quota quota, Recipe recipe) {
    super(NAME, arguments, threads, quota);
    this.recipe = recipe;
    shares = new Share[threads];
    for (int i = 0; i < threads; i++) {
      shares[i] = new Share(recipe, i, threads > 1);
    }
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 8);
    int mode = (int) arguments.number(0, "mode", 0, 0, 0);
    int sizeMode =
        (int) arguments.number(1, "size-mode", RptestTables.LINEAR, 0, RptestTables.EXPONENTIAL);
    int cross = (int) arguments.number(2, "cross", 2, 1, Integer.MAX_VALUE);
    int loops = (int) arguments.number(3, "loops", 10_000, 1, 10_000_000);
    int blocks = (int) arguments.number(4, "blocks", 1000, 1, 1 << 20);
    int operations = (int) arguments.number(5, "operations", 100, 1, 1 << 20);
    int min = (int) arguments.number(6, "min-size", 8, Integer.BYTES, 1 << 28);
    int max = (int) arguments.number(7, "max-size", 16_000, min, 1 << 28);
    if (blocks % ALLOCATION_STEP == 0 || blocks % FREE_STEP == 0) {
      throw new UsageException(NAME + ": blocks must not be a multiple of 7 or 11: " + blocks);
    }
    RptestTables tables = new RptestTables(sizeMode, min, max, operations);
    return new Rptest(
        Arguments.texts(mode, sizeMode, cross, loops, blocks, operations, min, max),
        threads,
        Quota.ofOperations(Long.MAX_VALUE),
        new Recipe(cross, loops, blocks, tables));
  }

  @Override
  Workload with(Quota other) {
    return new Rptest(arguments(), threadCount(), other, recipe);
  }

  @Override
  public boolean handsBlocksOver() {
    return true;
  }

  @Override
  public boolean keepsSlots() {
    return false;
  }

  /** An operation is an allocation and its free. */
  @Override
  public long pass(SubjectFactory subjects) {
    int slotCount = recipe.blocks * shares.length;
    Subject subject = subjects.open(slotCount);
    long nanos = run(shares.length, subjects, slotCount, this);
    for (Share share : shares) {
      share.freeForeign(subject, share.foreign.getAndSet(null));
    }
    return nanos;
  }

  @Override
  public long run(int worker, Subject subject) {
    return shares[worker].run(subject, quota(), shares[(worker + 1) % shares.length].foreign);
  }

  /** What one thread works on. */
  private static final class Share {
    // Where what changes is in state.
    private static final int SIZE_INDEX = 0;
    private static final int ALLOCATION_SLOT = 1;
    private static final int FREE_SLOT = 2;

    private final AtomicReference<@Nullable Batch> foreign = new AtomicReference<>();
    private final Recipe recipe;
    private final int start;
    private final int firstSlot;
    private final long[] blocks;
    private final Batch[] batches;
    private final PaddedLongs state = new PaddedLongs(3);

    Share(Recipe recipe, int worker, boolean sends) {
      this.recipe = recipe;
      start = worker * START_STEP % RptestTables.LENGTH;
      firstSlot = worker * recipe.blocks;
      blocks = new long[recipe.blocks];
      batches = new Batch[sends ? recipe.loops / recipe.cross : 0];
      for (int i = 0; i < batches.length; i++) {
        batches[i] = new Batch(allocations((i + 1) * recipe.cross - 1));
      }
    }

    private int allocations(int loop) {
      return recipe.tables.allocations((start + loop) % RptestTables.LENGTH);
    }

    long run(Subject subject, Quota quota, AtomicReference<@Nullable Batch> next) {
      state.set(SIZE_INDEX, start);
      state.set(ALLOCATION_SLOT, 0);
      state.set(FREE_SLOT, 0);
      int sent = 0;
      long done = 0;
      for (int loop = 0; loop < recipe.loops && quota.goesOn(done); loop++) {
        int count = allocations(loop);
        @Nullable Batch received = foreign.getAndSet(null);
        visit(subject, count * 4 / 5);
        freeForeign(subject, received);
        allocate(subject, count);
        done += count;
        if (batches.length > 0 && (loop + 1) % recipe.cross == 0) {
          send(subject, batches[sent++], next);
          done += count;
        }
      }
      for (int i = 0; i < blocks.length; i++) {
        release(subject, i);
      }
      return done;
    }

    private void visit(Subject subject, int count) {
      int slot = (int) state.get(FREE_SLOT);
      for (int n = 0; n < count; n++) {
        release(subject, slot);
        slot = (slot + FREE_STEP) % blocks.length;
      }
      state.set(FREE_SLOT, slot);
    }

    void freeForeign(Subject subject, @Nullable Batch received) {
      for (Batch batch = received; batch != null; batch = batch.next) {
        for (long address : batch.blocks) {
          subject.free(firstSlot, address);
        }
      }
    }

    private void allocate(Subject subject, int count) {
      int slot = (int) state.get(ALLOCATION_SLOT);
      for (int n = 0; n < count; n++) {
        release(subject, slot);
        blocks[slot] = allocateOne(subject, firstSlot + slot, n);
        slot = (slot + ALLOCATION_STEP) % blocks.length;
      }
      state.set(ALLOCATION_SLOT, slot);
    }

    private void send(Subject subject, Batch batch, AtomicReference<@Nullable Batch> next) {
      for (int n = 0; n < batch.blocks.length; n++) {
        batch.blocks[n] = allocateOne(subject, firstSlot, n);
      }
      do {
        batch.next = next.get();
      } while (!next.compareAndSet(batch.next, batch));
    }

    private long allocateOne(Subject subject, int slot, int n) {
      int index = (int) state.get(SIZE_INDEX);
      int size = recipe.tables.size(index);
      state.set(SIZE_INDEX, index + 1 == RptestTables.LENGTH ? 0 : index + 1);
      int alignment = size < PAGE ? ALIGNMENTS[n % ALIGNMENTS.length] : 0;
      long address =
          alignment == 0
              ? subject.allocate(slot, size)
              : subject.allocateAligned(slot, size, alignment);
      RawMemory.putInt(address, size);
      for (int offset = PAGE; offset < size; offset += PAGE) {
        RawMemory.putByte(address + offset, (byte) size);
      }
      RawMemory.putByte(address + size - 1, (byte) size);
      return address;
    }

    private void release(Subject subject, int slot) {
      if (blocks[slot] != 0) {
        subject.free(firstSlot + slot, blocks[slot]);
        blocks[slot] = 0;
      }
    }
  }
}
