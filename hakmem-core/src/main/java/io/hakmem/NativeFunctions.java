// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

/**
 * What C calls by {@link NativeCallbacks}. Whatever is thrown ends here: it would end the process.
 */
final class NativeFunctions {
  private static final System.Logger LOG = System.getLogger("io.hakmem");

  private NativeFunctions() {}

  static long malloc(long size) {
    try {
      return size < 0 ? 0 : Hakmem.tryAllocate(size);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  static long calloc(long count, long size) {
    try {
      boolean fits = Math.unsignedMultiplyHigh(count, size) == 0 && count * size >= 0;
      return fits ? Hakmem.allocateZeroed(count * size) : 0;
    } catch (Throwable e) {
      return failed(e);
    }
  }

  static long realloc(long address, long size) {
    try {
      return size < 0 ? 0 : Hakmem.reallocate(address, size);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  static void free(long address) {
    try {
      Hakmem.free(address);
    } catch (Throwable e) {
      failed(e);
    }
  }

  static long alignedAlloc(long alignment, long size) {
    try {
      return size < 0 ? 0 : Hakmem.allocateAligned(size, alignment);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  static long usableSize(long address) {
    try {
      return address == 0 ? 0 : Hakmem.usableSize(address);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  /** Out of memory, the library learns from the null pointer; a bad address, only from the log. */
  private static long failed(Throwable error) {
    try {
      if (!(error instanceof OutOfMemoryError)) {
        LOG.log(System.Logger.Level.ERROR, "a native library called hakmem: " + error);
      }
    } catch (Throwable ignored) {
      // There is nobody left to tell.
    }
    return 0;
  }
}
