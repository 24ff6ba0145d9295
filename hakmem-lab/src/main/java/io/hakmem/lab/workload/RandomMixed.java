// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * random-mixed. Origin: bench_random_mixed of the original hakmem. One random number serves both
 * the slot and the size; a filled slot is freed, an empty one allocated; only the first byte of a
 * block is touched. Twin: random_mixed.c.
 */
public final class RandomMixed implements Workload {
  /*
   * Sizes are clamped to the limits and not rescaled, as in the original. With a number of slots
   * that is a power of two, slot and size are correlated: 256 slots hold 16 + slot + 256 k.
   *
   * Without limits the loop does not clamp, in C neither: the slow paths of an allocator that is
   * inlined here spill every variable of the loop, and two that never change anything would be
   * charged to it.
   *
   * The loop is called in pieces, so that what is timed is a method compiled as a whole, not one
   * replaced on the stack in the middle of its loop; the first pass has seen to the compilation.
   */

  public static final String NAME = "random-mixed";
  static final String USAGE = "[cycles=20000000 slots=256 seed=42 min-size max-size]";

  private static final int MIN_SIZE = 16;
  private static final int SIZE_MASK = 0x3FF;
  private static final int PIECE = 1 << 16;

  private final long cycles;
  private final int seed;
  private final int min;
  private final int max;
  private final List<String> arguments;
  private final long[] slots;
  private int lastState;

  private RandomMixed(
      long cycles, int slotCount, int seed, int min, int max, List<String> arguments) {
    this.cycles = cycles;
    this.seed = seed;
    this.min = min;
    this.max = max;
    this.arguments = arguments;
    slots = new long[slotCount];
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 5);
    long cycles = arguments.number(0, "cycles", 20_000_000, 1, Long.MAX_VALUE);
    long slotCount = arguments.number(1, "slots", 256, 1, 1 << 28);
    long seed = arguments.number(2, "seed", 42, 0, Xorshift.MAX_SEED);
    long min = arguments.number(3, "min-size", 0, 1, Integer.MAX_VALUE);
    long max =
        arguments.number(4, "max-size", Integer.MAX_VALUE, Math.max(min, 1), Integer.MAX_VALUE);
    List<String> complete = new ArrayList<>(List.of("" + cycles, "" + slotCount, "" + seed));
    if (arguments.has(3)) {
      complete.add("" + min);
    }
    if (arguments.has(4)) {
      complete.add("" + max);
    }
    return new RandomMixed(
        cycles, (int) slotCount, (int) seed, (int) min, (int) max, List.copyOf(complete));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return arguments;
  }

  @Override
  public long operations() {
    return cycles;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(slots.length);
    boolean clamped = min > MIN_SIZE || max < MIN_SIZE + SIZE_MASK;
    long start = System.nanoTime();
    int state = seed;
    for (long left = cycles; left > 0; left -= PIECE) {
      int count = (int) Math.min(left, PIECE);
      state = clamped ? clampedSteps(subject, state, count) : steps(subject, state, count);
    }
    freeAll(subject);
    long nanos = System.nanoTime() - start;
    lastState = state;
    return nanos;
  }

  private int steps(Subject subject, int state, int count) {
    long[] blocks = slots;
    int r = state;
    for (int n = 0; n < count; n++) {
      r = Xorshift.next(r);
      int index = Integer.remainderUnsigned(r, blocks.length);
      long address = blocks[index];
      if (address != 0) {
        subject.free(index, address);
        blocks[index] = 0;
      } else {
        address = subject.allocate(index, MIN_SIZE + (r & SIZE_MASK));
        if (address != 0) {
          RawMemory.putByte(address, (byte) r);
          blocks[index] = address;
        }
      }
    }
    return r;
  }

  private int clampedSteps(Subject subject, int state, int count) {
    long[] blocks = slots;
    int min = this.min;
    int max = this.max;
    int r = state;
    for (int n = 0; n < count; n++) {
      r = Xorshift.next(r);
      int index = Integer.remainderUnsigned(r, blocks.length);
      long address = blocks[index];
      if (address != 0) {
        subject.free(index, address);
        blocks[index] = 0;
      } else {
        int size = Math.min(Math.max(MIN_SIZE + (r & SIZE_MASK), min), max);
        address = subject.allocate(index, size);
        if (address != 0) {
          RawMemory.putByte(address, (byte) r);
          blocks[index] = address;
        }
      }
    }
    return r;
  }

  private void freeAll(Subject subject) {
    long[] blocks = slots;
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i] != 0) {
        subject.free(i, blocks[i]);
        blocks[i] = 0;
      }
    }
  }

  @Override
  public Workload first(long operations) {
    return new RandomMixed(Math.min(cycles, operations), slots.length, seed, min, max, arguments);
  }

  /** State of the random numbers after a pass, for the comparison with published values. */
  int lastState() {
    return lastState;
  }
}
