// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import java.util.List;
import java.util.Optional;

/**
 * keep-one-in-20. Origin: our own; whether memory comes back of which a little is still in use
 * everywhere. Allocates and writes all blocks, frees each with a probability of 19 in 20. Twin:
 * keep_one_in_20.c.
 */
public final class KeepOneIn20 implements IdleWorkload {
  static final String NAME = "keep-one-in-20";
  static final String USAGE = "[count=300000 size=1024 seed=42]";

  private static final byte FILL = 0x5A;
  private static final int ONE_IN = 20;

  private final int count;
  private final long size;
  private final int seed;
  private final long[] slots;

  private KeepOneIn20(int count, long size, int seed) {
    this.count = count;
    this.size = size;
    this.seed = seed;
    slots = new long[count];
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 3);
    return new KeepOneIn20(
        (int) arguments.number(0, "count", 300_000, 1, 1 << 28),
        arguments.number(1, "size", 1024, 1, Integer.MAX_VALUE),
        (int) arguments.number(2, "seed", 42, 1, Xorshift.MAX_SEED));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of("" + count, "" + size, Integer.toUnsignedString(seed));
  }

  @Override
  public long operations() {
    return count;
  }

  @Override
  public void fill(Subject subject) {
    for (int n = 0; n < count; n++) {
      slots[n] = subject.allocate(n, size);
      RawMemory.fill(slots[n], size, FILL);
    }
  }

  @Override
  public long release(Subject subject) {
    int r = seed;
    long freed = 0;
    for (int n = 0; n < count; n++) {
      r = Xorshift.next(r);
      if (Integer.remainderUnsigned(r, ONE_IN) != 0) {
        subject.free(n, slots[n]);
        slots[n] = 0;
        freed += size;
      }
    }
    return freed;
  }

  @Override
  public void clear(Subject subject) {
    for (int n = 0; n < count; n++) {
      if (slots[n] != 0) {
        subject.free(n, slots[n]);
      }
    }
  }

  @Override
  public List<Integer> sampleMillis() {
    return List.of(1000, 10_000);
  }

  @Override
  public Workload first(long operations) {
    return new KeepOneIn20((int) Math.min(count, operations), size, seed);
  }

  @Override
  public Optional<Peak> peak() {
    return Optional.of(new Peak(count, count * size));
  }
}
