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
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.Memory;
import io.hakmem.verify.HeapVerifier;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The C functions, called as C calls them. */
@Tag("every-source")
final class NativeCallbacksTest {

  private static final Linker LINKER = Linker.nativeLinker();

  private final MethodHandle malloc = asC(NativeCallbacks.MALLOC);
  private final MethodHandle calloc = asC(NativeCallbacks.CALLOC);
  private final MethodHandle realloc = asC(NativeCallbacks.REALLOC);
  private final MethodHandle free = asC(NativeCallbacks.FREE);
  private final MethodHandle alignedAlloc = asC(NativeCallbacks.ALIGNED_ALLOC);
  private final MethodHandle usableSize = asC(NativeCallbacks.USABLE_SIZE);

  private final Complaints complaints = new Complaints();

  NativeCallbacksTest() {
    complaints.logger.setUseParentHandlers(false);
    complaints.logger.addHandler(complaints);
  }

  private static MethodHandle asC(NativeCallbacks function) {
    MethodType type = function.handle().type();
    MemoryLayout[] arguments = new MemoryLayout[type.parameterCount()];
    Arrays.fill(arguments, JAVA_LONG);
    return LINKER.downcallHandle(
        function.pointer(),
        type.returnType() == void.class
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(JAVA_LONG, arguments));
  }

  @AfterEach
  void nothingIsLeft() {
    complaints.logger.removeHandler(complaints);
    assertEquals(0, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
  }

  @Test
  void blocks_areThoseOfHakmem() throws Throwable {
    long address = (long) malloc.invokeExact(100L);
    assertTrue(Hakmem.owns(address));
    assertEquals(Hakmem.usableSize(address), (long) usableSize.invokeExact(address));
    free.invokeExact(address);
    assertFalse(Hakmem.owns(address));
    free.invokeExact(0L);
    assertEquals(0L, (long) usableSize.invokeExact(0L));
    assertEquals(List.of(), complaints.messages);
  }

  @Test
  void sizeZero_isABlockOfItsOwn() throws Throwable {
    Set<Long> addresses = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      addresses.add((long) malloc.invokeExact(0L));
      addresses.add((long) calloc.invokeExact(0L, 8L));
      addresses.add((long) calloc.invokeExact(8L, 0L));
      addresses.add((long) alignedAlloc.invokeExact(64L, 0L));
      addresses.add((long) realloc.invokeExact(0L, 0L));
    }
    assertEquals(50, addresses.size());
    assertFalse(addresses.contains(0L));
    long same = (long) malloc.invokeExact(10L);
    long kept = (long) realloc.invokeExact(same, 0L);
    assertNotEquals(0L, kept);
    free.invokeExact(kept);
    for (long address : addresses) {
      free.invokeExact(address);
    }
  }

  @Test
  void calloc_zeroes_realloc_keeps_alignedAlloc_aligns() throws Throwable {
    for (long size : new long[] {24, 3000, 100_000, 3 << 20}) {
      long dirty = (long) malloc.invokeExact(size);
      Memory.segment(dirty, size).fill((byte) 1);
      free.invokeExact(dirty);
      long zeroed = (long) calloc.invokeExact(size / 8, 8L);
      assertEquals(
          -1, Memory.segment(zeroed, size).mismatch(MemorySegment.ofArray(new byte[(int) size])));
      Memory.segment(zeroed, size).fill((byte) 7);
      long grown = (long) realloc.invokeExact(zeroed, size * 3);
      byte[] sevens = new byte[(int) size];
      Arrays.fill(sevens, (byte) 7);
      assertEquals(-1, Memory.segment(grown, size).mismatch(MemorySegment.ofArray(sevens)));
      free.invokeExact(grown);
      long aligned = (long) alignedAlloc.invokeExact(4096L, size);
      assertEquals(0, aligned % 4096);
      free.invokeExact(aligned);
    }
  }

  @Test
  void sizesAreUnsigned_whatCannotBe_isNull() throws Throwable {
    assertEquals(0L, (long) malloc.invokeExact(-1L));
    assertEquals(0L, (long) malloc.invokeExact(Long.MAX_VALUE));
    assertEquals(0L, (long) calloc.invokeExact(-1L, 1L));
    assertEquals(0L, (long) calloc.invokeExact(1L << 33, 1L << 33));
    assertEquals(0L, (long) calloc.invokeExact(-1L, -1L));
    assertEquals(0L, (long) alignedAlloc.invokeExact(16L, -1L));
    long address = (long) malloc.invokeExact(100L);
    assertEquals(0L, (long) realloc.invokeExact(address, -1L));
    assertEquals(0L, (long) realloc.invokeExact(address, Long.MAX_VALUE));
    assertTrue(Hakmem.owns(address), "the block stays where it is");
    free.invokeExact(address);
    assertEquals(List.of(), complaints.messages);
  }

  @Test
  void badArguments_changeNothing_andAreLogged() throws Throwable {
    assertEquals(0L, (long) alignedAlloc.invokeExact(3L, 100L));
    assertEquals(0L, (long) alignedAlloc.invokeExact(0L, 100L));
    long address = (long) malloc.invokeExact(100L);
    free.invokeExact(address + 16);
    free.invokeExact(0xdead_0000L);
    assertEquals(0L, (long) realloc.invokeExact(address + 16, 10L));
    assertEquals(0L, (long) usableSize.invokeExact(address + 16));
    assertTrue(Hakmem.owns(address));
    free.invokeExact(address);
    free.invokeExact(address);
    assertEquals(7, complaints.messages.size(), complaints.messages::toString);
    assertTrue(complaints.messages.get(6).contains("freed before"), complaints.messages.get(6));
  }

  @Test
  void handlerThatThrows_endsNothing() throws Throwable {
    complaints.broken = true;
    free.invokeExact(0xdead_0000L);
    assertEquals(1, complaints.messages.size());
  }

  /** zlib passes a context, and counts that are {@code unsigned int}. */
  @Test
  void zlib_compressesWithIt() throws Throwable {
    MethodHandle calloc =
        MethodHandles.dropArguments(
            MethodHandles.explicitCastArguments(
                NativeCallbacks.CALLOC.handle(),
                MethodType.methodType(long.class, int.class, int.class)),
            0,
            long.class);
    MethodHandle free = MethodHandles.dropArguments(NativeCallbacks.FREE.handle(), 0, long.class);
    byte[] text = new byte[300_000];
    Random random = new Random(7);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + random.nextInt(4));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment alloc =
          LINKER.upcallStub(
              calloc, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT), arena);
      MemorySegment release =
          LINKER.upcallStub(free, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG), arena);
      Zlib zlib = new Zlib(arena, alloc, release);
      byte[] packed = zlib.run("deflate", text, text.length);
      assertTrue(packed.length < text.length / 2, "packed: " + packed.length);
      assertArrayEquals(text, zlib.run("inflate", packed, text.length));
    }
  }

  /** As much of zlib as the test needs. */
  private record Zlib(Arena arena, MemorySegment alloc, MemorySegment release) {
    private static final int FINISH = 4; // Z_FINISH
    private static final int STREAM_END = 1; // Z_STREAM_END
    private static final int STREAM_BYTES = 112; // sizeof(z_stream) where pointers have 64 bits

    byte[] run(String operation, byte[] input, int most) throws Throwable {
      SymbolLookup library = SymbolLookup.libraryLookup("libz.so.1", arena);
      MemorySegment stream = arena.allocate(STREAM_BYTES, 8);
      MemorySegment output = arena.allocate(most);
      stream.set(ADDRESS, 0, arena.allocateFrom(JAVA_BYTE, input));
      stream.set(JAVA_INT, 8, input.length); // next_in, avail_in
      stream.set(ADDRESS, 24, output);
      stream.set(JAVA_INT, 32, most); // next_out, avail_out
      stream.set(ADDRESS, 64, alloc);
      stream.set(ADDRESS, 72, release); // zalloc, zfree
      MemorySegment version = arena.allocateFrom("1");
      boolean packs = operation.equals("deflate");
      List<Object> arguments = new ArrayList<>(List.of(stream));
      if (packs) {
        arguments.add(6);
      }
      arguments.add(version);
      arguments.add(STREAM_BYTES);
      MemoryLayout[] types =
          arguments.stream()
              .map(each -> each instanceof Integer ? JAVA_INT : ADDRESS)
              .toArray(MemoryLayout[]::new);
      long before = Hakmem.stats().allocatedBytes();
      assertEquals(0, call(library, operation + "Init_", types, arguments));
      assertTrue(Hakmem.stats().allocatedBytes() > before, "zlib has its memory from elsewhere");
      MemoryLayout[] pointerAndInt = {ADDRESS, JAVA_INT};
      assertEquals(STREAM_END, call(library, operation, pointerAndInt, List.of(stream, FINISH)));
      int length = most - stream.get(JAVA_INT, 32);
      assertEquals(
          0, call(library, operation + "End", new MemoryLayout[] {ADDRESS}, List.of(stream)));
      return output.asSlice(0, length).toArray(JAVA_BYTE);
    }

    private static int call(
        SymbolLookup library, String name, MemoryLayout[] types, List<Object> arguments)
        throws Throwable {
      return (int)
          LINKER
              .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, types))
              .invokeWithArguments(arguments);
    }
  }

  /** What was logged. */
  private static final class Complaints extends Handler {
    private final Logger logger = Logger.getLogger("io.hakmem"); // kept, or it would be collected
    private final List<String> messages = new ArrayList<>();
    private boolean broken;

    @Override
    public void publish(LogRecord record) {
      messages.add(record.getMessage());
      if (broken) {
        throw new IllegalStateException("broken on purpose");
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
