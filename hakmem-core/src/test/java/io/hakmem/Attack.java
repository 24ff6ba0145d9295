// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.InvalidFreeException.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/**
 * The micro-tests of mimalloc-bench's security set by name and meaning, and misuse that C's
 * interface does not have. What comes of each is in docs/security.md.
 */
final class Attack {

  private static final long MIB = 1 << 20;

  /** What is done to a victim. */
  interface Move {
    void on(Victim victim);
  }

  private final String name;
  private final Move move;

  private Attack(String name, Move move) {
    this.name = name;
    this.move = move;
  }

  void on(Victim victim) {
    move.on(victim);
  }

  @Override
  public String toString() {
    return name;
  }

  static List<Attack> all() {
    return Stream.of(overflows(), doubleFrees(), invalidFrees(), contents(), beyondTheSet())
        .flatMap(each -> each)
        .toList();
  }

  private static Stream<Attack> overflows() {
    return Stream.of(
        new Attack("one_byte_overflow", victim -> overflow(victim, 1)),
        new Attack("one_byte_underflow", victim -> underflow(victim, 1)),
        new Attack("one_byte_memcpy_overflow", victim -> copyOver(victim, 0, 1)),
        new Attack("one_byte_memcpy_underflow", victim -> copyOver(victim, -1, 0)),
        new Attack("32_byte_overflow", victim -> overflow(victim, 32)),
        new Attack("32_byte_underflow", victim -> underflow(victim, 32)),
        new Attack("32_byte_memcpy_overflow", victim -> copyOver(victim, 0, 32)),
        new Attack("32_byte_memcpy_underflow", victim -> copyOver(victim, -32, 0)),
        new Attack("one_mbyte_overflow", victim -> overflow(victim, MIB)),
        new Attack("one_mbyte_underflow", victim -> underflow(victim, MIB)),
        new Attack("one_mbyte_memcpy_overflow", victim -> copyOver(victim, 0, MIB)),
        new Attack("one_mbyte_memcpy_underflow", victim -> copyOver(victim, -MIB, 0)));
  }

  private static Stream<Attack> doubleFrees() {
    return Stream.of(
        new Attack("double_free", victim -> freeAgain(victim, 0)),
        new Attack("double_free_delayed", victim -> freeAgain(victim, 1024)),
        new Attack(
            "double_free_interleaved",
            victim -> {
              long first = victim.allocate();
              long second = victim.allocate();
              victim.free(first);
              victim.free(second);
              victim.attack(first);
            }),
        new Attack(
            "double_free_reuse",
            victim -> {
              freeAgain(victim, 0);
              victim.churn(4096);
            }),
        new Attack(
            "double_free_single_reuse",
            victim -> {
              long first = victim.allocate();
              victim.free(first);
              long second = victim.allocate();
              victim.attack(first); // succeeds if it is second by now
              victim.attack(first);
              if (second != first) {
                victim.free(second);
              }
            }));
  }

  private static Stream<Attack> invalidFrees() {
    return Stream.of(
        new Attack("invalid_free", victim -> victim.attack(1)),
        new Attack("invalid_free_alloca", victim -> victim.attack(Victim.stackAddress())),
        new Attack(
            "invalid_free_stack",
            victim -> {
              try (Arena automatic = Arena.ofConfined()) {
                victim.attack(automatic.allocate(victim.size(), 16).address());
              }
            }),
        new Attack("invalid_free_close", victim -> victim.attack(victim.allocate() + 4096)),
        new Attack("invalid_free_far", victim -> victim.attack(victim.allocate() + (1L << 30))),
        new Attack("invalid_free_unaligned", victim -> victim.attack(victim.allocate() + 1)),
        new Attack(
            "invalid_free_unaligned_multiple", victim -> victim.attack(victim.allocate() + 8)),
        new Attack(
            "delete_type_size_mismatch",
            victim -> {
              long address = victim.allocate();
              victim.attackSized(address, Hakmem.usableSize(address) + 72);
            }),
        // C++ has a second pair of functions: here that is a heap's. For types with destructors it
        // looks for a count before the block, or puts one there and hands out what is behind it.
        new Attack("invalid_array_delete_char", Attack::freeByHeap),
        new Attack("invalid_delete_array_char", Attack::freeHeapsBlock),
        new Attack("invalid_array_delete_string", victim -> victim.attack(behindFirst(victim) - 8)),
        new Attack("invalid_delete_array_string", victim -> victim.attack(victim.allocate() + 8)));
  }

  private static Stream<Attack> contents() {
    return Stream.of(
        new Attack("executable_heap", Attack::execute),
        new Attack(
            "impossibly_large_malloc",
            victim -> {
              victim.thrown(IllegalArgumentException.class, () -> Hakmem.allocate(-2));
              victim.thrown(OutOfMemoryError.class, () -> Hakmem.allocate(Long.MAX_VALUE));
            }),
        new Attack("malloc_reuse", victim -> reuse(victim, victim.size())),
        new Attack("malloc_reuse_downsize", victim -> reuse(victim, (victim.size() + 1) / 2)),
        new Attack("realloc_reuse", Attack::useReallocated),
        new Attack("read_zero_size", victim -> useZeroSize(victim, false)),
        new Attack("read_zero_size_free", victim -> useZeroSize(victim, false)),
        new Attack("write_zero_size", victim -> useZeroSize(victim, true)),
        new Attack("write_zero_size_free", victim -> useZeroSize(victim, true)),
        new Attack("write_after_free", victim -> writeFreed(victim, 0)),
        new Attack("write_after_free_reuse", victim -> writeFreed(victim, 4096)),
        new Attack("zero_after_free", Attack::readFreed),
        new Attack("zero_on_malloc", Attack::readFresh));
  }

  private static Stream<Attack> beyondTheSet() {
    return Stream.of(
        new Attack("free_of_wrong_size", Attack::freeOfWrongSizes),
        new Attack("realloc_of_freed", Attack::reallocateFreed),
        new Attack("free_from_another_heap", Attack::freeByOtherHeap),
        new Attack("free_after_heap_close", Attack::freeAfterClose),
        new Attack("use_after_heap_close", Attack::useClosedHeap),
        new Attack("size_overflow", Attack::overflowSizes),
        new Attack("alignment_abuse", Attack::abuseAlignments));
  }

  // ---- the moves

  private static void overflow(Victim victim, long by) {
    victim.allocate(4 * MIB);
    long address = victim.allocate();
    victim.spoil(address + Hakmem.usableSize(address) - 1 + by);
    victim.free(address);
  }

  private static void underflow(Victim victim, long by) {
    victim.allocate(4 * MIB); // so that there is memory of the allocator's before the block
    victim.allocate(4 * MIB);
    victim.spoil(victim.allocate() - by);
  }

  /** Copies more than there is room for: {@code -before} bytes before a block, and behind it. */
  private static void copyOver(Victim victim, long before, long behind) {
    victim.allocate(4 * MIB);
    MemorySegment segment = Hakmem.allocateSegment(victim.size());
    victim.enter(segment.address());
    MemorySegment source = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    long length = victim.size() + behind - before;
    victim.thrown(
        IndexOutOfBoundsException.class,
        () -> MemorySegment.copy(source, segment.address(), segment, before, length));
  }

  private static void freeAgain(Victim victim, int others) {
    long address = victim.allocate();
    victim.free(address);
    victim.churn(others);
    victim.attack(address);
  }

  private static void freeByHeap(Victim victim) {
    try (HakmemHeap heap = HakmemHeap.create()) {
      long address = victim.allocate();
      victim.attackBy(heap, Kind.FOREIGN, address);
    }
  }

  private static void freeHeapsBlock(Victim victim) {
    try (HakmemHeap heap = HakmemHeap.create()) {
      long address = heap.allocate(victim.size());
      victim.refused(Kind.FOREIGN, address, () -> Hakmem.free(address));
    }
  }

  /** A block that another live one lies before. */
  private static long behindFirst(Victim victim) {
    long first = victim.allocate();
    return Math.max(first, victim.allocate());
  }

  private static void execute(Victim victim) {
    if (Victim.isExecutable(victim.allocate())) {
      throw new AssertionError("blocks can be executed");
    }
    victim.note(Victim.PREVENTED);
  }

  private static void reuse(Victim victim, long byteSize) {
    long first = victim.allocate();
    victim.free(first);
    victim.note(victim.allocate(byteSize) == first ? Victim.REUSED : Victim.MOVED);
  }

  private static void useReallocated(Victim victim) {
    long before = Hakmem.allocate(victim.size());
    long after = victim.enter(Hakmem.reallocate(before, 2 * victim.size() + 1000));
    if (after == before) {
      victim.note(Victim.ALLOWED);
    } else {
      victim.attack(before);
    }
  }

  private static void useZeroSize(Victim victim, boolean writes) {
    long address = victim.allocate(0);
    byte read = Raw.getByte(address);
    if (writes) {
      Raw.putByte(address, read ^ 'A');
    }
    victim.note(Victim.ALLOWED);
    MemorySegment segment = Hakmem.allocateSegment(0);
    victim.enter(segment.address());
    victim.thrown(IndexOutOfBoundsException.class, () -> segment.asByteBuffer().get(0));
  }

  private static void writeFreed(Victim victim, int others) {
    long address = victim.allocate();
    victim.free(address);
    if (Victim.isWritable(address)) {
      Patterns.write(address, victim.size(), 'A');
      victim.note(Victim.SPOILS);
    }
    victim.churn(others);
    MemorySegment closed;
    try (Arena arena = HakmemArena.ofConfined()) {
      closed = arena.allocate(victim.size());
    }
    victim.thrown(IllegalStateException.class, () -> closed.fill((byte) 'A'));
  }

  private static void readFreed(Victim victim) {
    long address = victim.allocate();
    Patterns.write(address, victim.size(), 'A');
    victim.free(address);
    victim.noteContents(address, victim.size());
  }

  private static void readFresh(Victim victim) {
    for (int i = 0; i < 8; i++) {
      Patterns.write(victim.allocate(), victim.size(), 'A');
    }
    long address = victim.allocate();
    Patterns.write(address, victim.size(), 'A');
    victim.free(address);
    victim.noteContents(victim.allocate(), victim.size());
    long zeroed = victim.enter(Hakmem.allocateZeroed(victim.size()));
    if (Patterns.firstNonZero(zeroed, victim.size()) >= 0) {
      throw new AssertionError("allocateZeroed does not");
    }
  }

  private static void freeOfWrongSizes(Victim victim) {
    long address = victim.allocate();
    long usable = Hakmem.usableSize(address);
    victim.attackSized(address, usable + 1);
    victim.attackSized(address, Long.MAX_VALUE);
    victim.thrown(IllegalArgumentException.class, () -> Hakmem.free(address, -1));
  }

  private static void reallocateFreed(Victim victim) {
    long address = victim.allocate();
    victim.free(address);
    for (long size : new long[] {0, 1, victim.size(), 3 * victim.size()}) {
      victim.refused(
          Kind.NOT_ALLOCATED,
          address,
          () -> {
            long ignored = Hakmem.reallocate(address, size);
          });
    }
  }

  private static void freeByOtherHeap(Victim victim) {
    try (HakmemHeap heap = HakmemHeap.create();
        HakmemHeap other = HakmemHeap.create()) {
      long address = heap.allocate(victim.size());
      victim.attackBy(other, Kind.FOREIGN, address);
      heap.free(address);
      victim.attackBy(heap, Kind.NOT_ALLOCATED, address);
    }
  }

  private static void freeAfterClose(Victim victim) {
    HakmemHeap heap = HakmemHeap.create();
    long address = heap.allocate(victim.size());
    heap.close();
    victim.attackBy(heap, Kind.NOT_ALLOCATED, address);
    victim.attack(address);
  }

  private static void useClosedHeap(Victim victim) {
    HakmemHeap heap = HakmemHeap.create();
    heap.close();
    victim.thrown(IllegalStateException.class, () -> heap.allocate(victim.size()));
    victim.thrown(IllegalStateException.class, () -> heap.allocateZeroed(victim.size()));
    victim.thrown(IllegalStateException.class, () -> heap.allocateAligned(victim.size(), 64));
  }

  private static void overflowSizes(Victim victim) {
    long half = Long.MAX_VALUE / victim.size() + 1;
    if (victim.size() > 1) {
      victim.thrown(
          IllegalArgumentException.class, () -> Hakmem.allocateZeroed(half, victim.size()));
    }
    for (long size : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 15, Long.MAX_VALUE - 4095}) {
      victim.thrown(OutOfMemoryError.class, () -> Hakmem.allocate(size));
      victim.thrown(OutOfMemoryError.class, () -> Hakmem.allocateAligned(size, 1 << 30));
    }
    long address = victim.allocate();
    Patterns.write(address, victim.size(), 'A');
    victim.thrown(OutOfMemoryError.class, () -> Hakmem.reallocate(address, Long.MAX_VALUE));
    if (Patterns.mismatch(address, victim.size(), victim.size(), 'A') >= 0) {
      throw new AssertionError("a reallocation that failed changed the block");
    }
  }

  private static void abuseAlignments(Victim victim) {
    for (long alignment :
        new long[] {0, -1, -16, 3, 48, (1L << 30) + 1, 1L << 31, 1L << 62, Long.MIN_VALUE}) {
      victim.thrown(
          IllegalArgumentException.class, () -> Hakmem.allocateAligned(victim.size(), alignment));
      try (HakmemHeap heap = HakmemHeap.create()) {
        victim.thrown(
            IllegalArgumentException.class, () -> heap.allocateAligned(victim.size(), alignment));
      }
    }
  }
}
