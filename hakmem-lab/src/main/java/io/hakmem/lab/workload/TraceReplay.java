// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.nio.file.Path;
import java.util.List;

/**
 * replay. Origin: allocation calls recorded from real programs, folded to one thread, in the order
 * in which they happened. Touches nothing itself; reallocation keeps contents. Twin: replay.c.
 */
public final class TraceReplay implements Workload {
  /*
   * Blocks that the program never freed are freed after the clock has stopped, so that the next
   * pass finds the same state. One pass of a short trace is too little to time: hence leastNanos.
   */

  public static final String NAME = "replay";

  static final long LEAST_NANOS = 1_000_000_000;
  static final int PIECE = 1 << 16; // as in RandomMixed

  private final TraceFile file;
  private final Trace trace;
  private final int eventCount;
  private final long[] slots;

  private TraceReplay(TraceFile file) {
    this.file = file;
    trace = file.trace();
    eventCount = file.eventCount();
    slots = new long[trace.slotCount()];
  }

  /** Reads a recorded trace and writes it in the form that child processes read. */
  public static Workload ofRecorded(Path recorded, Path packed) {
    return new TraceReplay(TraceFile.ofRecorded(recorded, packed));
  }

  /** The same, with a name for the file in reports. */
  public static Workload ofRecorded(Path recorded, Path packed, String shown) {
    return new TraceReplay(TraceFile.ofRecorded(recorded, packed, shown));
  }

  /** Reads the form for child processes. */
  static Workload ofPacked(Path packed) {
    return new TraceReplay(TraceFile.ofPacked(packed));
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
    return LEAST_NANOS;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(slots.length);
    long start = System.nanoTime();
    for (int from = 0; from < eventCount; from += PIECE) {
      int to = Math.min(from + PIECE, eventCount);
      play(subject, trace.events(), trace.extras(), slots, from, to);
    }
    long nanos = System.nanoTime() - start;
    freeAll(subject, slots);
    return nanos;
  }

  /** Plays some of the events on the blocks, which are kept by slot. */
  static void play(Subject subject, long[] events, int[] extras, long[] blocks, int from, int to) {
    for (int n = from; n < to; n++) {
      long event = events[n];
      int slot = Trace.slot(event);
      long size = Trace.size(event);
      switch (Trace.op(event)) {
        case Trace.ALLOCATE -> blocks[slot] = subject.allocate(slot, size);
        case Trace.FREE -> {
          subject.free(slot, blocks[slot]);
          blocks[slot] = 0;
        }
        case Trace.ALLOCATE_ZEROED -> blocks[slot] = subject.allocateZeroed(slot, size);
        case Trace.REALLOCATE ->
            blocks[slot] =
                subject.reallocate(slot, blocks[slot], Integer.toUnsignedLong(extras[n]), size);
        default -> blocks[slot] = subject.allocateAligned(slot, size, 1L << extras[n]);
      }
    }
  }

  /** Frees what is left, in slot order. */
  static void freeAll(Subject subject, long[] blocks) {
    for (int slot = 0; slot < blocks.length; slot++) {
      if (blocks[slot] != 0) {
        subject.free(slot, blocks[slot]);
        blocks[slot] = 0;
      }
    }
  }

  @Override
  public Workload first(long operations) {
    return new TraceReplay(file.first(operations));
  }
}
