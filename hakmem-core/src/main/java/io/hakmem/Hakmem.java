// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.event.CallObserver;
import io.hakmem.event.Calls;
import io.hakmem.front.FrontCache;
import io.hakmem.front.FrontCaches;
import io.hakmem.guard.GuardedBlock;
import io.hakmem.guard.GuardedSlots;
import io.hakmem.hardened.Corruption;
import io.hakmem.hardened.HardenedBlocks;
import io.hakmem.memory.Bits;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.memory.StackProbe;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.Region;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Allocates and frees off-heap memory, process-wide, from any thread.
 *
 * <p>Addresses are plain {@code long}s, multiples of 16; whoever holds one may pass it to any
 * thread, and any thread may free it. Memory is not zeroed unless a method says so. Sizes are in
 * bytes and not negative; 0 is served as 1. When memory is out, methods throw {@link
 * OutOfMemoryError}; {@link #tryAllocate} returns 0 instead. An address that is not a live block is
 * refused with {@link InvalidFreeException}, always, and nothing changes. In the hardened mode, see
 * {@link HakmemConfig.Hardening}, frees and reallocations may also throw {@link
 * MemoryCorruptionException}.
 *
 * <p>Java must be started with {@code --enable-native-access=io.hakmem}, or {@code ALL-UNNAMED} if
 * hakmem is on the class path.
 *
 * {@snippet file="io/hakmem/sample/ApiSnippets.java" region="blocks"}
 *
 * {@snippet file="io/hakmem/sample/ApiSnippets.java" region="freed-twice"}
 */
public final class Hakmem {
  /*
   * The fast half of each method finds the thread's cache and asks it. Everything else, from the very
   * first call to the error, is the slow half: no cache yet, a virtual thread, no memory, bad sizes.
   */

  /** Largest alignment: 1 GiB. */
  public static final long MAX_ALIGNMENT = 1L << 30;

  private Hakmem() {}

  /**
   * Sets the knobs. Without it, they come from system properties and the environment.
   *
   * @throws IllegalStateException if hakmem is in use already
   */
  public static void configure(HakmemConfig config) {
    Startup.configure(config);
  }

  /** Allocates {@code byteSize} bytes; their contents are whatever was there before. */
  @HotPath
  public static long allocate(long byteSize) {
    StackProbe.fastPath();
    FrontCache cache = FrontCaches.current();
    if (cache != null) {
      long address = cache.allocate(byteSize);
      if (address != Memory.NULL) {
        return address;
      }
    }
    return allocateSlow(byteSize, 1, false);
  }

  /** As {@link #allocate}, but 0 when memory is out. */
  public static long tryAllocate(long byteSize) {
    StackProbe.operation();
    requireSize(byteSize);
    FrontCache cache = FrontCaches.current();
    long address = cache == null ? Memory.NULL : cache.allocate(byteSize);
    return address != Memory.NULL
        ? address
        : Startup.allocator().allocateForProgram(byteSize, 1, false);
  }

  /** Allocates {@code byteSize} bytes that read as zero. */
  public static long allocateZeroed(long byteSize) {
    StackProbe.operation();
    FrontCache cache = FrontCaches.current();
    long address = cache == null ? Memory.NULL : cache.allocateZeroed(byteSize);
    return address != Memory.NULL ? address : allocateSlow(byteSize, 1, true);
  }

  /**
   * Allocates {@code count} times {@code byteSize} bytes that read as zero.
   *
   * @throws IllegalArgumentException if a factor is negative or the product does not fit a long
   */
  public static long allocateZeroed(long count, long byteSize) {
    if (count < 0
        || byteSize < 0
        || Math.multiplyHigh(count, byteSize) != 0
        || count * byteSize < 0) {
      throw new IllegalArgumentException(
          "cannot allocate " + count + " times " + byteSize + " bytes: the product overflows");
    }
    return allocateZeroed(count * byteSize);
  }

  /**
   * Allocates at a multiple of {@code alignment}.
   *
   * @param alignment a power of two from 1 to {@link #MAX_ALIGNMENT}
   */
  @HotPath
  public static long allocateAligned(long byteSize, long alignment) {
    requireAlignment(alignment);
    if (alignment <= Region.GRANULE_BYTES) { // as every block is aligned
      StackProbe.fastPath();
      FrontCache cache = FrontCaches.current();
      long address = cache == null ? Memory.NULL : cache.allocate(byteSize);
      return address != Memory.NULL ? address : allocateSlow(byteSize, alignment, false);
    }
    StackProbe.operation();
    FrontCache cache = FrontCaches.current();
    long address = cache == null ? Memory.NULL : cache.allocateAligned(byteSize, alignment);
    return address != Memory.NULL ? address : allocateSlow(byteSize, alignment, false);
  }

  /**
   * Changes the size of a block, in place if that is possible; contents are kept up to the smaller
   * of the two sizes. The old address is valid only if it is returned. Address 0 allocates.
   *
   * @throws InvalidFreeException if no live block starts at {@code address}
   */
  public static long reallocate(long address, long newByteSize) {
    StackProbe.operation();
    FrontCache cache = FrontCaches.current();
    long result = cache == null ? Memory.NULL : cache.reallocateTiny(address, newByteSize);
    return result != Memory.NULL ? result : reallocateSlow(address, newByteSize);
  }

  private static long reallocateSlow(long address, long newByteSize) {
    requireSize(newByteSize);
    if (address == Memory.NULL) {
      return allocate(newByteSize);
    }
    long usable = usableSize(address);
    CallObserver calls = Calls.observer();
    return calls == null
        ? resizeOrMove(address, usable, newByteSize)
        : reallocateWatched(calls, address, usable, newByteSize);
  }

  private static long reallocateWatched(
      CallObserver calls, long address, long usable, long newByteSize) {
    StackProbe.operation();
    long token = calls.reallocating(address);
    long result = Memory.NULL;
    try {
      result = resizeOrMove(address, usable, newByteSize);
    } finally {
      boolean failed = result == Memory.NULL;
      calls.reallocated(
          token, failed ? address : result, failed ? CallObserver.FAILED : newByteSize);
    }
    return result;
  }

  private static long resizeOrMove(long address, long usable, long newByteSize) {
    Allocator allocator = Startup.allocator();
    long resized = allocator.resize(address, usable, Math.max(newByteSize, 1));
    if (resized != Memory.NULL) {
      return resized;
    }
    FrontCache cache = FrontCaches.current();
    long moved = cache == null ? Memory.NULL : cache.allocate(newByteSize);
    if (moved == Memory.NULL) {
      moved = allocator.allocateUntold(newByteSize, 1, false);
    }
    if (moved == Memory.NULL) {
      throw outOfMemory(newByteSize);
    }
    Memory.copy(address, moved, Math.min(usable, newByteSize));
    int result = allocator.freeUntold(address);
    if (result != FreeResult.FREED) { // somebody else freed it meanwhile, or it is corrupted
      RuntimeException refusal = refusal(result, address, "reallocate");
      allocator.discardUntold(moved);
      throw refusal;
    }
    return moved;
  }

  /**
   * Frees the live block that starts at {@code address}; 0 is ignored.
   *
   * @throws InvalidFreeException if no live block starts there
   */
  @HotPath
  public static void free(long address) {
    StackProbe.fastPath();
    FrontCache cache = FrontCaches.current();
    if (cache == null || cache.free(address) != FreeResult.FREED) {
      freeSlow(cache, address);
    }
  }

  /**
   * Frees the live block that starts at {@code address} and has the size {@code byteSize}, as last
   * requested for it, or its {@link #usableSize}; address 0 is ignored.
   *
   * @throws InvalidFreeException if no live block starts there, or if it is of another size
   */
  @HotPath
  public static void free(long address, long byteSize) {
    requireSize(byteSize);
    StackProbe.fastPath();
    FrontCache cache = FrontCaches.current();
    if (cache == null || cache.free(address, byteSize) != FreeResult.FREED) {
      freeSizedSlow(address, byteSize);
    }
  }

  /**
   * Bytes that may be used at {@code address}: at least what was asked for.
   *
   * @throws InvalidFreeException if no live block starts there
   */
  public static long usableSize(long address) {
    Allocator allocator = Startup.allocator();
    long usable = allocator.usableSize(address);
    if (usable == 0) {
      throw refusal(allocator.explain(address), address, "usableSize");
    }
    return usable;
  }

  /** Whether a live block of this allocator starts at {@code address}. */
  public static boolean owns(long address) {
    Allocator allocator = Allocator.current();
    return allocator != null && allocator.usableSize(address) != 0;
  }

  /**
   * Allocates a segment, not zeroed, whose scope never ends: free it by {@link
   * #free(MemorySegment)} and do not use it after that.
   */
  public static MemorySegment allocateSegment(long byteSize) {
    StackProbe.operation();
    return view(allocate(byteSize), byteSize);
  }

  /**
   * As {@link #allocateSegment(long)}, at a multiple of {@code byteAlignment}: {@code
   * Hakmem::allocateSegment} is a {@link java.lang.foreign.SegmentAllocator}.
   *
   * @param byteAlignment a power of two from 1 to {@link #MAX_ALIGNMENT}
   */
  public static MemorySegment allocateSegment(long byteSize, long byteAlignment) {
    StackProbe.operation();
    return view(allocateAligned(byteSize, byteAlignment), byteSize);
  }

  /** A new block as a segment; the block is freed if the Java heap has no room for the segment. */
  private static MemorySegment view(long address, long byteSize) {
    MemorySegment segment = null;
    try {
      segment = Memory.segment(address, byteSize);
      return segment;
    } finally {
      if (segment == null) {
        release(address);
      }
    }
  }

  /**
   * Frees a segment of {@link #allocateSegment}.
   *
   * @throws InvalidFreeException if no live block of the segment's size starts at its address
   */
  public static void free(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("the segment is not native: " + segment);
    }
    free(segment.address(), segment.byteSize());
  }

  /**
   * Allocates a direct buffer in the machine's byte order, not zeroed: free it by {@link
   * #free(ByteBuffer)} and use neither it nor its slices after that.
   */
  public static ByteBuffer allocateBuffer(int capacity) {
    requireSize(capacity);
    StackProbe.operation();
    long address = allocate(capacity);
    ByteBuffer buffer = null;
    try {
      buffer = Memory.segment(address, capacity).asByteBuffer().order(ByteOrder.nativeOrder());
      return buffer;
    } finally {
      if (buffer == null) {
        release(address);
      }
    }
  }

  /**
   * Frees a buffer of {@link #allocateBuffer}, whatever its position and limit.
   *
   * @throws InvalidFreeException if no live block of the buffer's capacity starts at its address
   */
  public static void free(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException("the buffer is not direct: " + buffer);
    }
    free(MemorySegment.ofBuffer(buffer.duplicate().clear()));
  }

  /**
   * The calling platform thread's cache without the look-up, for event loops and tight code.
   *
   * @throws IllegalStateException on a virtual thread
   */
  public static HakmemHandle handle() {
    StackProbe.operation();
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread has no cache of its own, hence no handle");
    }
    FrontCache cache = Startup.allocator().cache();
    if (cache == null) {
      throw new IllegalStateException("too many threads have a cache of their own");
    }
    return new HakmemHandle(cache);
  }

  /** What happened since the start. */
  public static HakmemStats stats() {
    return StatsReader.read(Startup.allocator());
  }

  /**
   * Gives back to the operating system at once what is free, except blocks in the caches of other
   * threads: these return theirs when they next need something. In the hardened mode the quarantine
   * is emptied first.
   *
   * @throws MemoryCorruptionException when all is done, if a block was written to in quarantine
   */
  public static void purge() {
    StackProbe.operation();
    Allocator allocator = Allocator.current();
    if (allocator != null) {
      allocator.purge();
      throwFinding(allocator);
    }
  }

  /** Throws what was found where it could not be told, in the hardened mode. */
  static void throwFinding(Allocator allocator) {
    HardenedBlocks hardened = allocator.hardened();
    Corruption found = hardened == null ? null : hardened.takeFinding();
    if (found != null) {
      throw new MemoryCorruptionException(found);
    }
  }

  // ---- slow halves and errors

  static long allocateSlow(long byteSize, long alignment, boolean zeroed) {
    requireSize(byteSize);
    StackProbe.operation();
    long address = Startup.allocator().allocateForProgram(byteSize, alignment, zeroed);
    if (address == Memory.NULL) {
      throw outOfMemory(byteSize);
    }
    return address;
  }

  private static void freeSlow(@Nullable FrontCache cache, long address) {
    if (address == Memory.NULL) {
      return;
    }
    StackProbe.operation();
    if (cache == null || Startup.allocator().isGuarded(address)) {
      release(address);
    } else {
      throw refusal(Startup.allocator().explain(address), address, "free");
    }
  }

  /** Frees within an operation that has made sure of its stack: another probe might fail. */
  static void release(long address) {
    int result = Startup.allocator().free(address);
    if (result != FreeResult.FREED) {
      throw refusal(result, address, "free");
    }
  }

  static void freeSizedSlow(long address, long byteSize) {
    if (address == Memory.NULL) {
      return;
    }
    StackProbe.operation();
    int result = Startup.allocator().free(address, byteSize);
    if (result != FreeResult.FREED) {
      throw refusal(result, address, "free");
    }
  }

  static void requireSize(long byteSize) {
    if (byteSize < 0) {
      throw new IllegalArgumentException("size is negative: " + byteSize);
    }
  }

  static void requireAlignment(long alignment) {
    if (!Bits.isPowerOfTwo(alignment) || alignment > MAX_ALIGNMENT) {
      throw new IllegalArgumentException(
          "alignment is not a power of two from 1 to " + MAX_ALIGNMENT + ": " + alignment);
    }
  }

  /** What to throw for a free that came to anything but {@link FreeResult#FREED}. */
  static RuntimeException refusal(int result, long address, String operation) {
    HardenedBlocks hardened = Startup.allocator().hardened();
    Corruption found =
        result == FreeResult.CORRUPTED && hardened != null ? hardened.takeFinding() : null;
    return found != null
        ? new MemoryCorruptionException(found)
        : invalid(result, address, operation);
  }

  private static InvalidFreeException invalid(int result, long address, String operation) {
    InvalidFreeException.Kind kind =
        switch (result) {
          case FreeResult.FOREIGN -> InvalidFreeException.Kind.FOREIGN;
          case FreeResult.INTERIOR -> InvalidFreeException.Kind.INTERIOR;
          case FreeResult.WRONG_SIZE -> InvalidFreeException.Kind.WRONG_SIZE;
          default -> InvalidFreeException.Kind.NOT_ALLOCATED;
        };
    InvalidFreeException refusal =
        new InvalidFreeException(kind, address, message(kind, address, operation));
    GuardedSlots guards = Startup.allocator().guards();
    GuardedBlock block = guards == null ? null : guards.near(address);
    if (block != null) {
      HakmemGuards.attach(block, refusal);
    }
    return refusal;
  }

  private static String message(InvalidFreeException.Kind kind, long address, String operation) {
    String why =
        switch (kind) {
          case FOREIGN -> "not an address of this allocator";
          case INTERIOR -> "inside a live block, not its start";
          case NOT_ALLOCATED ->
              "no live block starts there; it was freed before or never allocated";
          case WRONG_SIZE -> "the live block there has another size";
        };
    return operation + " of 0x" + Long.toHexString(address) + ": " + why;
  }

  static OutOfMemoryError outOfMemory(long byteSize) {
    HakmemStats stats = stats();
    String limit = stats.limitBytes() == Long.MAX_VALUE ? "none" : stats.limitBytes() + "";
    return new OutOfMemoryError(
        "hakmem: no memory for "
            + byteSize
            + " bytes; limit "
            + limit
            + ", charged "
            + stats.committedBytes()
            + ", stranded in threads' caches "
            + stats.strandedBytes()
            + ", reserved "
            + stats.reservedBytes());
  }
}
