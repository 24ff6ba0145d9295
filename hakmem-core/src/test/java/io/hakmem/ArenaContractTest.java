// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the documentation of Arena and SegmentAllocator promises; the JDK's own arenas pass too. */
@ParameterizedClass
@EnumSource(ArenaContractTest.Kind.class)
final class ArenaContractTest {

  /** Which arena. */
  enum Kind {
    CONFINED,
    SHARED,
    JDK_CONFINED,
    JDK_SHARED;

    @SuppressWarnings("MustBeClosedChecker") // the tests close it
    Arena open() {
      return switch (this) {
        case CONFINED -> HakmemArena.ofConfined();
        case SHARED -> HakmemArena.ofShared();
        case JDK_CONFINED -> Arena.ofConfined();
        case JDK_SHARED -> Arena.ofShared();
      };
    }

    boolean isConfined() {
      return this == CONFINED || this == JDK_CONFINED;
    }

    boolean isOurs() {
      return this == CONFINED || this == SHARED;
    }
  }

  private static final long[] SIZES = {
    0, 1, 5, 15, 16, 17, 64, 100, 1000, 1024, 4000, 8 << 10, (8 << 10) + 1, 20_000, 100_000, 3 << 20
  };

  @Parameter
  @SuppressWarnings("NullAway.Init")
  private Kind kind;

  private long allocatedBefore;

  @BeforeAll
  static void configure() {
    Hakmem.configure(HakmemConfig.DEFAULT.withPurgeDelayMillis(-1));
  }

  @BeforeEach
  void count() {
    allocatedBefore = Hakmem.stats().allocatedBytes();
  }

  @AfterEach
  void nothingIsLeft() {
    HeapVerifier.verify();
    assertEquals(allocatedBefore, Hakmem.stats().allocatedBytes(), "bytes still allocated");
  }

  @Test
  void allocate_givesNativeSegmentsOfTheSizeInTheArenasScope() {
    try (Arena arena = kind.open()) {
      assertTrue(arena.scope().isAlive());
      for (long size : SIZES) {
        MemorySegment segment = arena.allocate(size);
        assertEquals(size, segment.byteSize());
        assertTrue(segment.isNative());
        assertFalse(segment.isMapped());
        assertFalse(segment.isReadOnly());
        assertEquals(arena.scope(), segment.scope());
        assertTrue(segment.isAccessibleBy(Thread.currentThread()));
        assertEquals(!kind.isConfined(), segment.isAccessibleBy(new Thread(() -> {})));
      }
    }
  }

  @Test
  void allocate_isZeroed_alsoWhereOtherArenasWrote() {
    for (int round = 0; round < 4; round++) {
      try (Arena arena = kind.open()) {
        for (long size : SIZES) {
          assertZeroThenFill(arena.allocate(size));
        }
        for (int i = 0; i < 500 * round; i++) {
          assertZeroThenFill(arena.allocate(i % 97));
        }
      }
    }
  }

  private static void assertZeroThenFill(MemorySegment segment) {
    assertEquals(-1, Patterns.firstNonZero(segment.address(), segment.byteSize()));
    segment.fill((byte) -1);
  }

  @Test
  void allocate_alignsAsAsked() {
    try (Arena arena = kind.open()) {
      for (long size : new long[] {0, 1, 8, 100, 5000, 60_000, 2 << 20}) {
        for (long alignment = 1; alignment <= 1 << 22; alignment *= 2) {
          MemorySegment segment = arena.allocate(size, alignment);
          assertEquals(0, segment.address() % alignment, () -> segment + " is not aligned");
          assertZeroThenFill(segment);
        }
      }
    }
  }

  @Test
  void segments_neverOverlap() {
    SplittableRandom random = new SplittableRandom(42);
    try (Arena arena = kind.open()) {
      TreeMap<Long, MemorySegment> segments = new TreeMap<>();
      for (int i = 0; i < 5000; i++) {
        long size = 1 + random.nextLong(1L << random.nextInt(1, 15));
        MemorySegment segment = arena.allocate(size, 1L << random.nextInt(8));
        segment.fill((byte) i);
        var before = segments.floorEntry(segment.address());
        var after = segments.ceilingEntry(segment.address());
        assertTrue(before == null || before.getValue().asOverlappingSlice(segment).isEmpty());
        assertTrue(after == null || after.getValue().asOverlappingSlice(segment).isEmpty());
        segments.put(segment.address(), segment);
      }
    }
  }

  @Test
  void segmentsOfSizeZero_haveAddressesOfTheirOwn() {
    try (Arena arena = kind.open()) {
      Set<Long> addresses = new HashSet<>();
      for (int i = 0; i < 1000; i++) {
        MemorySegment segment = arena.allocate(0, 1L << (i % 7));
        assertEquals(0, segment.byteSize());
        assertTrue(addresses.add(segment.address()), "twice the same address");
        assertThrows(IndexOutOfBoundsException.class, () -> segment.get(JAVA_BYTE, 0));
      }
    }
  }

  @Test
  void badArguments_areRefused() {
    try (Arena arena = kind.open()) {
      for (long size : new long[] {-1, -16, Long.MIN_VALUE}) {
        assertThrows(IllegalArgumentException.class, () -> arena.allocate(size));
        assertThrows(IllegalArgumentException.class, () -> arena.allocate(size, 16));
      }
      for (long alignment : new long[] {0, -1, 3, 12, 24, 4097, Long.MIN_VALUE, Long.MAX_VALUE}) {
        assertThrows(IllegalArgumentException.class, () -> arena.allocate(10, alignment));
        assertThrows(IllegalArgumentException.class, () -> arena.allocate(1 << 20, alignment));
      }
      assertThrows(IllegalArgumentException.class, () -> arena.allocate(JAVA_LONG, -1));
      assertThrows(IllegalArgumentException.class, () -> arena.allocate(JAVA_LONG, 1L << 61));
      MemorySegment onHeap = MemorySegment.ofArray(new byte[8]);
      assertThrows(IllegalArgumentException.class, () -> arena.allocateFrom(ADDRESS, onHeap));
    }
  }

  @Test
  void absurdSizes_areOutOfMemory_andTheArenaGoesOn() {
    try (Arena arena = kind.open()) {
      for (long size : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 15, 1L << 62}) {
        assertThrows(OutOfMemoryError.class, () -> arena.allocate(size));
        assertThrows(OutOfMemoryError.class, () -> arena.allocate(size, 4096));
      }
      assertThrows(OutOfMemoryError.class, () -> arena.allocate(1, 1L << 62));
      assertZeroThenFill(arena.allocate(100));
    }
  }

  @Test
  void conveniences_ofSegmentAllocator_work() {
    try (Arena arena = kind.open()) {
      assertEquals("off heap", arena.allocateFrom("off heap").getString(0));
      assertEquals(42, arena.allocateFrom(JAVA_INT, 42).get(JAVA_INT, 0));
      int[] values = {1, 2, 3, 4, 5};
      assertArrayEquals(values, arena.allocateFrom(JAVA_INT, values).toArray(JAVA_INT));
      MemorySegment target = arena.allocate(24);
      assertEquals(target.address(), arena.allocateFrom(ADDRESS, target).get(JAVA_LONG, 0));
      MemoryLayout struct = MemoryLayout.structLayout(JAVA_LONG, JAVA_INT, JAVA_INT);
      assertEquals(160, arena.allocate(struct, 10).byteSize());
      SegmentAllocator slices = SegmentAllocator.slicingAllocator(arena.allocate(64));
      assertEquals(32, slices.allocate(32).byteSize());
    }
  }

  @Test
  void close_endsScopeAndSegments() {
    Arena arena = kind.open();
    MemorySegment small = arena.allocate(100);
    MemorySegment large = arena.allocate(1 << 20);
    MemorySegment slice = small.asSlice(50);
    arena.close();
    assertFalse(arena.scope().isAlive());
    for (MemorySegment segment : List.of(small, large, slice)) {
      assertFalse(segment.scope().isAlive());
      assertThrows(IllegalStateException.class, () -> segment.get(JAVA_BYTE, 0));
      assertThrows(IllegalStateException.class, () -> segment.fill((byte) 1));
    }
  }

  @Test
  void close_aSecondTime_andAllocateAfterIt_areRefused() {
    Arena unused = kind.open();
    unused.close();
    Arena used = kind.open();
    used.allocate(100);
    used.close();
    for (Arena arena : List.of(unused, used)) {
      assertThrows(IllegalStateException.class, arena::close);
      assertThrows(IllegalStateException.class, () -> arena.allocate(0));
      assertThrows(IllegalStateException.class, () -> arena.allocate(1));
      assertThrows(IllegalStateException.class, () -> arena.allocate(1 << 20, 4096));
      assertThrows(IllegalArgumentException.class, () -> arena.allocate(-1));
      assertThrows(IllegalArgumentException.class, () -> arena.allocate(1, 3));
    }
  }

  @Test
  void anotherThread_mayUseASharedArenaOnly() {
    Arena arena = kind.open();
    MemorySegment segment = arena.allocate(8);
    segment.set(JAVA_LONG, 0, 7);
    if (kind.isConfined()) {
      InThread.run(
          () -> {
            assertThrows(WrongThreadException.class, () -> arena.allocate(1));
            assertThrows(WrongThreadException.class, () -> arena.allocate(1 << 20));
            assertThrows(WrongThreadException.class, () -> segment.get(JAVA_LONG, 0));
            assertThrows(WrongThreadException.class, arena::close);
          });
      assertTrue(arena.scope().isAlive());
      assertEquals(7, segment.get(JAVA_LONG, 0));
      arena.close();
      InThread.run(() -> assertThrows(WrongThreadException.class, arena::close));
    } else {
      InThread.run(
          () -> {
            assertEquals(7, segment.get(JAVA_LONG, 0));
            assertZeroThenFill(arena.allocate(1000));
            arena.close();
          });
      assertThrows(IllegalStateException.class, () -> segment.get(JAVA_LONG, 0));
    }
  }

  @Test
  void anotherThread_mayAllocateNothingAtAll_ofAConfinedArena() {
    try (Arena arena = kind.open()) {
      MemorySegment segment = arena.allocate(0);
      InThread.run(
          () -> {
            if (kind.isConfined()) {
              assertThrows(WrongThreadException.class, () -> arena.allocate(0));
              assertThrows(WrongThreadException.class, () -> arena.allocate(0, 4096));
              assertThrows(WrongThreadException.class, () -> arena.allocateFrom("text"));
            } else {
              assertNotEquals(segment.address(), arena.allocate(0).address());
            }
            assertThrows(IllegalArgumentException.class, () -> arena.allocate(-1));
            assertThrows(IllegalArgumentException.class, () -> arena.allocate(0, 3));
          });
    }
  }

  @Test
  void byteBuffers_areCheckedAsTheirSegments() {
    Arena arena = kind.open();
    ByteBuffer buffer = arena.allocate(100).asByteBuffer();
    assertTrue(buffer.isDirect());
    buffer.putLong(0, 7);
    if (kind.isConfined()) {
      InThread.run(() -> assertThrows(WrongThreadException.class, () -> buffer.getLong(0)));
    } else {
      InThread.run(() -> assertEquals(7, buffer.getLong(0)));
    }
    assertThrows(IndexOutOfBoundsException.class, () -> buffer.getLong(93));
    arena.close();
    assertThrows(IllegalStateException.class, () -> buffer.getLong(0));
    assertThrows(IllegalStateException.class, () -> buffer.slice().put(0, (byte) 1));
  }

  @Test
  void scopes_areEachArenasOwn() {
    try (Arena one = kind.open()) {
      MemorySegment kept = one.allocate(8);
      Arena other = kind.open();
      assertNotEquals(one.scope(), other.scope());
      assertNotEquals(kept.scope(), other.allocate(8).scope());
      other.close();
      assertTrue(one.scope().isAlive());
      kept.set(JAVA_LONG, 0, 1);
    }
  }

  @Test
  void virtualThread_hasTheSame() {
    InThread.runVirtual(
        () -> {
          for (int round = 0; round < 3; round++) {
            try (Arena arena = kind.open()) {
              for (long size : SIZES) {
                assertZeroThenFill(arena.allocate(size));
              }
            }
          }
        });
  }

  @Test
  void close_duringADowncallOnASegment_isRefusedAndNothingHappens() throws Throwable {
    Arena arena = kind.open();
    MemorySegment values = arena.allocateFrom(JAVA_INT, 3, 1, 2);
    CloseInCall inCall = new CloseInCall(arena);
    Linker linker = Linker.nativeLinker();
    try (Arena upcalls = Arena.ofConfined()) {
      MethodHandle compare =
          MethodHandles.lookup()
              .findVirtual(
                  CloseInCall.class,
                  "compare",
                  MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class))
              .bindTo(inCall);
      MemorySegment function =
          linker.upcallStub(compare, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), upcalls);
      MethodHandle sort =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("qsort"),
              FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
      sort.invokeExact(values, 3L, 4L, function);
    }
    assertSame(IllegalStateException.class, inCall.refusal);
    assertTrue(arena.scope().isAlive());
    assertArrayEquals(new int[] {3, 1, 2}, values.toArray(JAVA_INT));
    assertZeroThenFill(arena.allocate(100));
    arena.close();
  }

  /** Tries to close the arena while C has the segment. */
  private static final class CloseInCall {
    private final Arena arena;
    private @Nullable Class<?> refusal;

    CloseInCall(Arena arena) {
      this.arena = arena;
    }

    @SuppressWarnings("unused") // by its method handle
    int compare(MemorySegment a, MemorySegment b) {
      try {
        arena.close();
      } catch (RuntimeException e) {
        refusal = e.getClass();
      }
      return 0;
    }
  }

  @Test
  void cleanupActions_runOnceAtTheEnd_andTheirFailureComesThrough() {
    AtomicInteger runs = new AtomicInteger();
    Arena arena = kind.open();
    arena.allocate(100).reinterpret(arena, segment -> runs.incrementAndGet());
    arena
        .allocate(1 << 20)
        .reinterpret(
            arena,
            segment -> {
              throw new UnsupportedOperationException("cleanup");
            });
    assertEquals(0, runs.get());
    assertThrows(UnsupportedOperationException.class, arena::close);
    assertEquals(1, runs.get());
    assertFalse(arena.scope().isAlive());
    assertThrows(IllegalStateException.class, arena::close);
    assertEquals(1, runs.get());
  }

  @Test
  void manyArenas_openAtOnceAndClosedInAnyOrder_keepTheirContents() {
    SplittableRandom random = new SplittableRandom(7);
    List<Arena> arenas = new ArrayList<>();
    List<MemorySegment> segments = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      if (arenas.size() < 20 || (random.nextBoolean() && arenas.size() < 100)) {
        Arena arena = kind.open();
        arena.allocate(random.nextInt(600)).fill((byte) -1);
        MemorySegment segment = arena.allocate(8 + random.nextInt(300), 8);
        assertEquals(-1, Patterns.firstNonZero(segment.address(), segment.byteSize()));
        Patterns.write(segment.address(), segment.byteSize(), segment.address());
        arenas.add(arena);
        segments.add(segment);
      } else {
        closeChecked(arenas, segments, random.nextInt(arenas.size()));
      }
    }
    while (!arenas.isEmpty()) {
      closeChecked(arenas, segments, arenas.size() - 1);
    }
  }

  private static void closeChecked(List<Arena> arenas, List<MemorySegment> segments, int index) {
    MemorySegment segment = segments.remove(index);
    long size = segment.byteSize();
    assertEquals(-1, Patterns.mismatch(segment.address(), size, size, segment.address()));
    arenas.remove(index).close();
  }
}
