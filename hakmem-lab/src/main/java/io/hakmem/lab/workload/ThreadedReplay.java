// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * replay-threads. Origin: allocation calls recorded from real programs, each on a thread of its own
 * for each thread of the program. A call waits for the one before it on the same slot, and for
 * nothing else; so it is mostly hand-overs that are timed. Twin: replay.c.
 */
public final class ThreadedReplay implements Workload, Workers.Body {
  /*
   * Each slot counts the events that it has seen. An event knows how many there are before it,
   * waits for that count and adds itself: the acquire pairs with the release of another thread's
   * event, which publishes the address in the slot.
   */

  static final String NAME = "replay-threads";

  private static final int SPINS = 1000;
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);

  /** The events of one thread, in its order. */
  private static final class Share {
    final long[] events;
    final int[] extras;
    final int[] before; // how many are before on the slot

    Share(int length) {
      events = new long[length];
      extras = new int[length];
      before = new int[length];
    }
  }

  private final TraceFile file;
  private final Trace trace;
  private final int eventCount;
  private final Share[] shares; // by thread
  private final long[] slots;
  private final int[] counts; // by slot

  private ThreadedReplay(TraceFile file) {
    this.file = file;
    trace = file.trace();
    eventCount = file.eventCount();
    shares = shares(trace, eventCount);
    slots = new long[trace.slotCount()];
    counts = new int[trace.slotCount()];
  }

  /** Reads a recorded trace and writes it in the form that child processes read. */
  public static Workload ofRecorded(Path recorded, Path packed) {
    return new ThreadedReplay(TraceFile.ofRecorded(recorded, packed));
  }

  /** Reads the form for child processes. */
  static Workload ofPacked(Path packed) {
    return new ThreadedReplay(TraceFile.ofPacked(packed));
  }

  private static Share[] shares(Trace trace, int eventCount) {
    int[] lengths = new int[trace.threadCount()];
    for (int n = 0; n < eventCount; n++) {
      lengths[trace.thread(n)]++;
    }
    Share[] shares = new Share[lengths.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = new Share(lengths[i]);
    }
    int[] filled = new int[lengths.length];
    int[] seen = new int[trace.slotCount()];
    for (int n = 0; n < eventCount; n++) {
      int thread = trace.thread(n);
      int i = filled[thread]++;
      shares[thread].events[i] = trace.events()[n];
      shares[thread].extras[i] = trace.extras()[n];
      shares[thread].before[i] = seen[Trace.slot(trace.events()[n])]++;
    }
    return shares;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return file.arguments();
  }

  @Override
  public List<String> childArguments() {
    return file.childArguments();
  }

  @Override
  public long operations() {
    return eventCount;
  }

  @Override
  public long leastNanos() {
    return TraceReplay.LEAST_NANOS;
  }

  @Override
  public boolean handsBlocksOver() {
    return shares.length > 1;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(slots.length);
    Arrays.fill(counts, 0);
    Quota quota = Quota.ofOperations(eventCount);
    long nanos = Workers.run(shares.length, subjects, slots.length, quota, this).nanos();
    TraceReplay.freeAll(subject, slots);
    return nanos;
  }

  @Override
  public long run(int worker, Subject subject) {
    int length = shares[worker].events.length;
    for (int from = 0; from < length; from += TraceReplay.PIECE) {
      play(subject, shares[worker], from, Math.min(from + TraceReplay.PIECE, length));
    }
    return length;
  }

  private void play(Subject subject, Share share, int from, int to) {
    long[] events = share.events;
    for (int n = from; n < to; n++) {
      int slot = Trace.slot(events[n]);
      int before = share.before[n];
      if ((int) COUNT.getAcquire(counts, slot) != before) {
        await(slot, before);
      }
      TraceReplay.play(subject, events, share.extras, slots, n, n + 1);
      COUNT.setRelease(counts, slot, before + 1);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // there may be more threads than processors
  private void await(int slot, int count) {
    for (int spins = 0; (int) COUNT.getAcquire(counts, slot) != count; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  @Override
  public Workload first(long operations) {
    return new ThreadedReplay(file.first(operations));
  }

  /** When the most is live is the scheduler's business. */
  @Override
  public Optional<Peak> peak() {
    return Optional.empty();
  }
}
