// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * The functions of C's allocator, served by {@link Hakmem}, for native libraries that let a program
 * bring its own.
 *
 * <p>They behave as in C: sizes are unsigned, a request that cannot be met gives a null pointer, a
 * size of 0 gives a block of its own. Nothing is ever thrown into the library. An address that is
 * no live block, or an alignment that is no power of two, changes nothing and is logged as an error
 * by the {@link System.Logger} {@code io.hakmem}; the result is then a null pointer or 0.
 *
 * <p>A call from C into Java costs far more than an allocation does: this is for libraries whose
 * memory is to count against hakmem's limit and show in its statistics, not for speed.
 */
public final class NativeCallbacks {
  /** {@code void *malloc(size_t size)}. */
  public static final NativeCallbacks MALLOC = new NativeCallbacks("malloc", JAVA_LONG, JAVA_LONG);

  /** {@code void *calloc(size_t count, size_t size)}. */
  public static final NativeCallbacks CALLOC =
      new NativeCallbacks("calloc", JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /** {@code void *realloc(void *address, size_t size)}. Size 0 does not free. */
  public static final NativeCallbacks REALLOC =
      new NativeCallbacks("realloc", JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /** {@code void free(void *address)}. */
  public static final NativeCallbacks FREE = new NativeCallbacks("free", null, JAVA_LONG);

  /**
   * {@code void *aligned_alloc(size_t alignment, size_t size)}; {@link #FREE} frees. The size need
   * not be a multiple of the alignment.
   */
  public static final NativeCallbacks ALIGNED_ALLOC =
      new NativeCallbacks("alignedAlloc", JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /** {@code size_t malloc_usable_size(void *address)}. */
  public static final NativeCallbacks USABLE_SIZE =
      new NativeCallbacks("usableSize", JAVA_LONG, JAVA_LONG);

  private final FunctionDescriptor descriptor;
  private final MethodHandle handle;
  private @Nullable MemorySegment pointer;

  private NativeCallbacks(String method, @Nullable MemoryLayout result, MemoryLayout... arguments) {
    descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(result, arguments);
    MethodType type = descriptor.toMethodType();
    try {
      handle = MethodHandles.lookup().findStatic(NativeFunctions.class, method, type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no such function: " + method, e);
    }
  }

  /**
   * The function's address, valid as long as the process; made at the first call, which starts
   * hakmem, so that what hinders it is thrown here and not kept from C.
   */
  public synchronized MemorySegment pointer() {
    if (pointer == null) {
      Startup.allocator();
      pointer = Linker.nativeLinker().upcallStub(handle, descriptor, Arena.global());
    }
    return pointer;
  }

  /**
   * The function itself, which never throws; addresses and sizes are {@code long}s. For libraries
   * that pass other parameters, such as an {@code int} or a context: adapt it, and make an upcall
   * stub of that.
   */
  public MethodHandle handle() {
    return handle;
  }
}
