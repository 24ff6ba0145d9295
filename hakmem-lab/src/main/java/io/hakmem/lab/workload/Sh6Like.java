// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;

/**
 * sh6-like. Origin: written from a description of what MicroQuill's SmartHeap benchmark 6 does,
 * without its source. Falling sizes, the small ones more often, into a buffer whose blocks are
 * freed partly in order and partly in reverse. Twin: sh_like.c.
 */
final class Sh6Like extends ThreadedWorkload implements Workers.Body {
  static final String NAME = "sh6-like";
  static final String USAGE = "[slots=10000 rounds=2000]";

  private static final int LARGEST_BASE = 1000;
  private static final int ROUND = roundLength();

  private final int slots;
  private final SlidingWindow[] windows;

  private Sh6Like(List<String> arguments, int threads, Quota quota, int slots) {
    super(NAME, arguments, threads, quota);
    this.slots = slots;
    windows = SlidingWindow.split(slots, threads);
  }

  static Workload parse(List<String> given, int threads) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 2);
    int least = SlidingWindow.LEAST_BLOCKS * threads;
    int slots = (int) arguments.number(0, "slots", 10_000, least, 1 << 24);
    long rounds = arguments.number(1, "rounds", 2000, 1, Integer.MAX_VALUE);
    return new Sh6Like(
        Arguments.texts(slots, rounds), threads, Quota.ofOperations(rounds * ROUND), slots);
  }

  @Override
  Workload with(Quota other) {
    return new Sh6Like(arguments(), threadCount(), other, slots);
  }

  /** An operation is an allocation and its free. */
  @Override
  public long pass(SubjectFactory subjects) {
    return run(windows.length, subjects, slots, this);
  }

  @Override
  public long run(int worker, Subject subject) {
    SlidingWindow window = windows[worker];
    long done = 0;
    for (; quota().goesOn(done); done += ROUND) {
      for (int base = 1; base < LARGEST_BASE; base = nextBase(base)) {
        for (int size = base; size > 0; size /= 2) {
          allocate(window, subject, size, repetitions(size));
        }
      }
    }
    window.clear(subject);
    return done;
  }

  /** Allocates so many blocks of a size into a window. */
  static void allocate(SlidingWindow window, Subject subject, int size, int count) {
    for (int left = count; left > 0; ) {
      int place = window.room(subject);
      int end = window.take(place, left);
      left -= end - place;
      for (; place < end; place++) {
        window.allocate(subject, place, size);
      }
    }
  }

  private static int nextBase(int base) {
    return base * 3 / 2 + 1;
  }

  private static int repetitions(int size) {
    return size < 100 ? 250 : 50;
  }

  /** Allocations of a round. */
  private static int roundLength() {
    int length = 0;
    for (int base = 1; base < LARGEST_BASE; base = nextBase(base)) {
      for (int size = base; size > 0; size /= 2) {
        length += repetitions(size);
      }
    }
    return length;
  }
}
