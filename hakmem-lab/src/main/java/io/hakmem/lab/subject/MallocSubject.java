// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** The C library's malloc, called through the foreign function interface. */
public final class MallocSubject extends Subject {
  /*
   * Plain downcalls: a critical one would be some nanoseconds faster, but holds up the collector
   * for as long as malloc takes, which may be a system call. Pointers are passed as longs, as a
   * program in a hurry would do, so that no segment is made of them.
   */
  private static final MethodHandle MALLOC =
      function("malloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
  private static final MethodHandle FREE = function("free", FunctionDescriptor.ofVoid(JAVA_LONG));
  private static final MethodHandle CALLOC =
      function("calloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle REALLOC =
      function("realloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle ALIGNED_ALLOC =
      function("aligned_alloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));

  /** Opens it; malloc needs nothing beside the blocks. */
  @SuppressWarnings("unused") // every subject is opened with the number of slots
  public MallocSubject(int slotCount) {}

  @Override
  public long allocate(int slot, long byteSize) {
    try {
      return (long) MALLOC.invokeExact(byteSize);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public void free(int slot, long address) {
    try {
      FREE.invokeExact(address);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    try {
      return (long) CALLOC.invokeExact(1L, byteSize);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    try {
      return (long) ALIGNED_ALLOC.invokeExact(alignment, byteSize);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    try {
      return (long) REALLOC.invokeExact(address, newByteSize);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static MethodHandle function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  private static IllegalStateException failed(Throwable cause) {
    return new IllegalStateException("a downcall failed", cause);
  }
}
