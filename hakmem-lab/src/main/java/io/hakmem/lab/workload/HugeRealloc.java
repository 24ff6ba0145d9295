// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.Optional;

/**
 * huge-realloc. Origin: our own; buffers that grow by reallocation, which an allocator either
 * copies again and again or moves by their pages. Blocks grow in turn by 1 MiB a step from 1 MiB
 * on, are written where they grew, and freed at the end. Twin: huge_realloc.c.
 */
public final class HugeRealloc implements Workload {
  static final String NAME = "huge-realloc";
  static final String USAGE = "[mebibytes=1024 blocks=1 touch=4096]";

  private static final int MIB_SHIFT = 20;
  private static final long MIB = 1L << MIB_SHIFT;

  private final int mebibytes;
  private final int blocks;
  private final long touch;
  private final long operations;

  private HugeRealloc(int mebibytes, int blocks, long touch, long operations) {
    this.mebibytes = mebibytes;
    this.blocks = blocks;
    this.touch = touch;
    this.operations = operations;
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 3);
    int mebibytes = (int) arguments.number(0, "mebibytes", 1024, 1, 4095);
    int blocks = (int) arguments.number(1, "blocks", 1, 1, 1 << 16);
    long touch = arguments.number(2, "touch", 4096, 0, MIB);
    return new HugeRealloc(mebibytes, blocks, touch, (long) mebibytes * blocks);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of("" + mebibytes, "" + blocks, "" + touch);
  }

  @Override
  public long operations() {
    return operations;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    Subject subject = subjects.open(blocks);
    long[] slots = new long[blocks];
    long start = System.nanoTime();
    for (long n = 0; n < operations; n++) {
      int slot = (int) (n % blocks);
      long before = (n / blocks) << MIB_SHIFT;
      slots[slot] =
          before == 0
              ? subject.allocate(slot, MIB)
              : subject.reallocate(slot, slots[slot], before, before + MIB);
      write(slots[slot], before);
    }
    long nanos = System.nanoTime() - start;
    for (int slot = 0; slot < Math.min(blocks, operations); slot++) {
      check(slots[slot], (operations - slot + blocks - 1) / blocks);
    }
    start = System.nanoTime();
    for (int slot = 0; slot < Math.min(blocks, operations); slot++) {
      subject.free(slot, slots[slot]);
    }
    return nanos + System.nanoTime() - start;
  }

  private void write(long block, long from) {
    if (touch != 0) {
      byte value = (byte) (from >>> MIB_SHIFT);
      for (long at = from; at < from + MIB; at += touch) {
        RawMemory.putByte(block + at, value);
      }
    }
  }

  private void check(long block, long written) {
    for (long n = 0; n < written && touch != 0; n++) {
      if (RawMemory.getByte(block + (n << MIB_SHIFT)) != (byte) n) {
        throw new IllegalStateException("contents are lost at MiB " + n);
      }
    }
  }

  @Override
  public Workload first(long most) {
    return new HugeRealloc(mebibytes, blocks, touch, Math.min(operations, most));
  }

  @Override
  public boolean needsRealBlocks() {
    return touch != 0;
  }

  @Override
  public Optional<Peak> peak() {
    return Optional.of(new Peak(operations, operations << MIB_SHIFT));
  }
}
