// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/** Functions of the C library as method handles. */
public final class CLibrary {
  /*
   * Pointers and size_t are passed as 64-bit integers, which every 64-bit ABI of the JDK treats alike
   * and which saves a segment object per call. Calls of the kernel are ordinary, not critical ones: it
   * may take its time, and a critical call would hold up safepoints.
   */

  private CLibrary() {}

  /** A function whose result is used. */
  public static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
    return bind(name, FunctionDescriptor.of(result, arguments));
  }

  /** A function of any type. */
  public static MethodHandle bind(String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
  }

  /** A downcall itself throws nothing; what arrives here is an error of the virtual machine. */
  public static RuntimeException unexpected(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("a call of the C library failed in Java", failure);
  }
}
