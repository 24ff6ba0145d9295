// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.sample;

import io.hakmem.Hakmem;
import io.hakmem.HakmemArena;
import io.hakmem.HakmemHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** C functions and structs, bound the way jextract binds them, in hakmem's memory. */
public final class CalendarSample {
  private CalendarSample() {}

  /** Prints dates in order, and a quotient. */
  public static void main(String[] args) throws Throwable {
    try (Arena arena = HakmemArena.ofConfined()) { // in place of Arena.ofConfined()
      long[] seconds = {1_000_000_000, 0, 1_700_000_000};
      MemorySegment times = arena.allocateFrom(CLibrary.C_LONG, seconds);
      CLibrary.qsort(times, seconds.length, 8, Compare.allocate(CalendarSample::compare, arena));
      MemorySegment tm = Tm.allocate(arena);
      MemorySegment text = arena.allocate(64);
      for (int i = 0; i < seconds.length; i++) {
        CLibrary.gmtimeR(times.asSlice(8L * i, 8), tm);
        CLibrary.strftime(text, 64, arena.allocateFrom("%d %B %Y, %H:%M"), tm);
        System.out.println(text.getString(0) + ", day " + Tm.yday(tm));
      }
    }
    try (HakmemHeap heap = HakmemHeap.create()) { // its end frees what is in it
      MemorySegment result = CLibrary.ldiv(heap::allocateSegment, 1000, 7);
      System.out.println("1000 / 7 = " + Ldiv.quot(result) + ", rest " + Ldiv.rem(result));
    }
    SegmentAllocator hakmem = Hakmem::allocateSegment; // what it gives is freed one by one
    MemorySegment text = hakmem.allocateFrom("off heap");
    System.out.println("length: " + CLibrary.strlen(text));
    Hakmem.free(text);
  }

  private static int compare(MemorySegment a, MemorySegment b) {
    return Long.compare(a.get(CLibrary.C_LONG, 0), b.get(CLibrary.C_LONG, 0));
  }

  // ---- what jextract generates from time.h, string.h and stdlib.h, in Java's spelling

  /** The functions. */
  static final class CLibrary {
    static final ValueLayout.OfInt C_INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong C_LONG = ValueLayout.JAVA_LONG;
    static final MemoryLayout C_POINTER = ValueLayout.ADDRESS;

    private static final MethodHandle GMTIME_R =
        bind("gmtime_r", FunctionDescriptor.of(C_POINTER, C_POINTER, C_POINTER));
    private static final MethodHandle STRFTIME =
        bind("strftime", FunctionDescriptor.of(C_LONG, C_POINTER, C_LONG, C_POINTER, C_POINTER));
    private static final MethodHandle STRLEN =
        bind("strlen", FunctionDescriptor.of(C_LONG, C_POINTER));
    private static final MethodHandle QSORT =
        bind("qsort", FunctionDescriptor.ofVoid(C_POINTER, C_LONG, C_LONG, C_POINTER));
    private static final MethodHandle LDIV =
        bind("ldiv", FunctionDescriptor.of(Ldiv.LAYOUT, C_LONG, C_LONG));

    private CLibrary() {}

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    /** {@code struct tm *gmtime_r(const time_t *timer, struct tm *tp)}. */
    static MemorySegment gmtimeR(MemorySegment timer, MemorySegment tp) throws Throwable {
      return (MemorySegment) GMTIME_R.invokeExact(timer, tp);
    }

    /**
     * {@code size_t strftime(char *s, size_t maxsize, const char *format, const struct tm *tp)}.
     */
    static long strftime(MemorySegment s, long maxsize, MemorySegment format, MemorySegment tp)
        throws Throwable {
      return (long) STRFTIME.invokeExact(s, maxsize, format, tp);
    }

    /** {@code size_t strlen(const char *s)}. */
    static long strlen(MemorySegment s) throws Throwable {
      return (long) STRLEN.invokeExact(s);
    }

    /** {@code void qsort(void *base, size_t count, size_t size, int (*compare)(…))}. */
    static void qsort(MemorySegment base, long count, long size, MemorySegment compare)
        throws Throwable {
      QSORT.invokeExact(base, count, size, compare);
    }

    /** {@code ldiv_t ldiv(long numer, long denom)}: the struct comes in memory of the allocator. */
    static MemorySegment ldiv(SegmentAllocator allocator, long numer, long denom) throws Throwable {
      return (MemorySegment) LDIV.invokeExact(allocator, numer, denom);
    }
  }

  /** {@code struct tm}. */
  static final class Tm {
    static final GroupLayout LAYOUT =
        MemoryLayout.structLayout(
                CLibrary.C_INT.withName("tm_sec"),
                CLibrary.C_INT.withName("tm_min"),
                CLibrary.C_INT.withName("tm_hour"),
                CLibrary.C_INT.withName("tm_mday"),
                CLibrary.C_INT.withName("tm_mon"),
                CLibrary.C_INT.withName("tm_year"),
                CLibrary.C_INT.withName("tm_wday"),
                CLibrary.C_INT.withName("tm_yday"),
                CLibrary.C_INT.withName("tm_isdst"),
                MemoryLayout.paddingLayout(4),
                CLibrary.C_LONG.withName("tm_gmtoff"),
                CLibrary.C_POINTER.withName("tm_zone"))
            .withName("tm");
    private static final long YDAY =
        LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("tm_yday"));

    private Tm() {}

    static MemorySegment allocate(SegmentAllocator allocator) {
      return allocator.allocate(LAYOUT);
    }

    static int yday(MemorySegment struct) {
      return struct.get(CLibrary.C_INT, YDAY);
    }
  }

  /** {@code ldiv_t}. */
  static final class Ldiv {
    static final GroupLayout LAYOUT =
        MemoryLayout.structLayout(CLibrary.C_LONG.withName("quot"), CLibrary.C_LONG.withName("rem"))
            .withName("ldiv_t");
    private static final long QUOT =
        LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("quot"));
    private static final long REM = LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("rem"));

    private Ldiv() {}

    static long quot(MemorySegment struct) {
      return struct.get(CLibrary.C_LONG, QUOT);
    }

    static long rem(MemorySegment struct) {
      return struct.get(CLibrary.C_LONG, REM);
    }
  }

  /** {@code int (*compare)(const void *, const void *)}. */
  static final class Compare {
    private static final MemoryLayout ELEMENT = CLibrary.C_LONG;

    /** The function in Java. */
    @FunctionalInterface
    interface Function {
      int apply(MemorySegment a, MemorySegment b);
    }

    private Compare() {}

    static MemorySegment allocate(Function function, Arena arena) throws Throwable {
      ValueLayout pointer = ValueLayout.ADDRESS.withTargetLayout(ELEMENT);
      MethodHandle handle =
          MethodHandles.lookup()
              .findVirtual(
                  Function.class,
                  "apply",
                  MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
      return Linker.nativeLinker()
          .upcallStub(
              handle.bindTo(function),
              FunctionDescriptor.of(CLibrary.C_INT, pointer, pointer),
              arena);
    }
  }
}
