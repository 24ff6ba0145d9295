// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * sh8-like. Origin: written from a description of what MicroQuill's SmartHeap benchmark 8 does,
 * without its source. Sizes of a histogram into a buffer whose blocks are freed partly in order and
 * partly in reverse; meanwhile one thread more allocates small blocks, which the others free. Twin:
 * sh_like.c.
 */
final class Sh8Like extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "sh8-like";
  static final String USAGE = "[slots=1000000 iterations=700000 foreign=10000000 rounds=20]";

  private static final int[] SIZES = {
    8, 16, 48, 72, 148, 200, 520, 1056, 4096, 9162, 34562, 168524
  };
  private static final int[] WEIGHTS = {1000, 5000, 1000, 100, 100, 100, 10, 5, 3, 1, 1, 1};
  private static final int[] SIZE_OF_DRAW =
      IntStream.range(0, SIZES.length)
          .flatMap(i -> IntStream.generate(() -> SIZES[i]).limit(WEIGHTS[i]))
          .toArray();
  private static final int FOREIGN_SIZE = 8;
  private static final int FOREIGN_BATCH = 1000;

  /**
   * @param slots of all threads
   * @param foreign blocks that are freed by another thread, for so many ...
   * @param own ... that are not
   */
  private record Recipe(int slots, long foreign, long own) {}

  private final Recipe recipe;
  private final long foreignBatches; // for each worker
  private final SlidingWindow[] windows;
  private final BatchRing[] rings;

  private Sh8Like(List<String> arguments, int threads, Quota quota, Recipe recipe) {
    super(NAME, arguments, threads, quota);
    this.recipe = recipe;
    foreignBatches = Math.ceilDiv(quota.operations() * recipe.foreign, recipe.own * FOREIGN_BATCH);
    windows = SlidingWindow.split(recipe.slots, threads);
    rings =
        Stream.generate(() -> new BatchRing(FOREIGN_BATCH))
            .limit(threads)
            .toArray(BatchRing[]::new);
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 4);
    int least = SlidingWindow.LEAST_BLOCKS * threads;
    int slots = (int) arguments.number(0, "slots", 1_000_000, least, 1 << 26);
    int iterations = (int) arguments.number(1, "iterations", 700_000, threads, Integer.MAX_VALUE);
    int foreign = (int) arguments.number(2, "foreign", 10_000_000, 0, Integer.MAX_VALUE);
    int rounds = (int) arguments.number(3, "rounds", 20, 1, Integer.MAX_VALUE);
    long own = (long) iterations * rounds;
    return new Sh8Like(
        Arguments.texts(slots, iterations, foreign, rounds),
        threads,
        Quota.ofOperations(own / threads),
        new Recipe(slots, foreign, own));
  }

  @Override
  Workload with(Quota other) {
    return new Sh8Like(arguments(), threadCount(), other, recipe);
  }

  @Override
  public boolean handsBlocksOver() {
    return true;
  }

  /** An operation is an allocation and its free. */
  @Override
  public long pass(SubjectFactory subjects) {
    Arrays.stream(rings).forEach(BatchRing::clear);
    int slotCount = recipe.slots + rings.length * BatchRing.BATCHES * FOREIGN_BATCH;
    return run(windows.length + 1, subjects, slotCount, this);
  }

  @Override
  public long run(int worker, Subject subject) {
    return worker == windows.length ? allocateForeign(subject) : work(worker, subject);
  }

  private long allocateForeign(Subject subject) {
    for (long n = 0; n < foreignBatches; n++) {
      for (int worker = 0; worker < rings.length; worker++) {
        long[] batch = rings[worker].awaitRoom(n);
        int slot = foreignSlot(worker, n);
        for (int i = 0; i < batch.length; i++) {
          batch[i] = subject.allocate(slot + i, FOREIGN_SIZE);
        }
        rings[worker].produced(n);
      }
    }
    return foreignBatches * FOREIGN_BATCH * rings.length;
  }

  private long work(int worker, Subject subject) {
    long foreign = 0;
    int random = worker + 1;
    long done = 0;
    for (int count; (count = quota().piece(done)) > 0; done += count) {
      random = allocate(windows[worker], subject, random, count);
      while (foreign < foreignBatches && rings[worker].hasBatch(foreign)) {
        freeForeign(worker, subject, foreign++);
      }
    }
    for (; foreign < foreignBatches; foreign++) {
      freeForeign(worker, subject, foreign);
    }
    windows[worker].clear(subject);
    return done;
  }

  private static int allocate(SlidingWindow window, Subject subject, int state, int count) {
    int r = state;
    for (int left = count; left > 0; ) {
      int place = window.room(subject);
      int end = window.take(place, left);
      left -= end - place;
      for (; place < end; place++) {
        r = Xorshift.next(r);
        int draw = Integer.remainderUnsigned(r, SIZE_OF_DRAW.length);
        window.allocate(subject, place, SIZE_OF_DRAW[draw]);
      }
    }
    return r;
  }

  private void freeForeign(int worker, Subject subject, long n) {
    long[] batch = rings[worker].awaitBatch(n);
    int slot = foreignSlot(worker, n);
    for (int i = 0; i < batch.length; i++) {
      subject.free(slot + i, batch[i]);
    }
    rings[worker].consumed(n);
  }

  private int foreignSlot(int worker, long n) {
    int batch = worker * BatchRing.BATCHES + (int) (n % BatchRing.BATCHES);
    return recipe.slots + batch * FOREIGN_BATCH;
  }
}
