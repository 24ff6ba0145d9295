// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lwjgl;

import io.hakmem.Hakmem;
import io.hakmem.NativeCallbacks;
import org.lwjgl.system.MemoryUtil;

/**
 * LWJGL's explicit memory management, {@code MemoryUtil.memAlloc} and its kin, in memory of {@link
 * Hakmem}. Choose it by {@code -Dorg.lwjgl.system.allocator=io.hakmem.lwjgl.HakmemMemoryAllocator}.
 *
 * <p>As LWJGL has it, sizes are unsigned, a size of 0 gives a block of its own, and a request that
 * cannot be met gives 0, of which LWJGL makes an {@link OutOfMemoryError}. Frees are checked: an
 * address that is no live block is refused with {@link io.hakmem.InvalidFreeException} if Java
 * frees it, logged if C does.
 */
public final class HakmemMemoryAllocator implements MemoryUtil.MemoryAllocator {

  /** For LWJGL, which makes one by its name. */
  public HakmemMemoryAllocator() {}

  @Override
  public long getMalloc() {
    return NativeCallbacks.MALLOC.pointer().address();
  }

  @Override
  public long getCalloc() {
    return NativeCallbacks.CALLOC.pointer().address();
  }

  @Override
  public long getRealloc() {
    return NativeCallbacks.REALLOC.pointer().address();
  }

  @Override
  public long getFree() {
    return NativeCallbacks.FREE.pointer().address();
  }

  @Override
  public long getAlignedAlloc() {
    return NativeCallbacks.ALIGNED_ALLOC.pointer().address();
  }

  @Override
  public long getAlignedFree() {
    return NativeCallbacks.FREE.pointer().address();
  }

  @Override
  public long malloc(long size) {
    return size < 0 ? MemoryUtil.NULL : Hakmem.tryAllocate(size);
  }

  @Override
  public long calloc(long count, long size) {
    long bytes = count * size;
    if (Math.unsignedMultiplyHigh(count, size) != 0 || bytes < 0) {
      return MemoryUtil.NULL;
    }
    try {
      return Hakmem.allocateZeroed(bytes);
    } catch (OutOfMemoryError ignored) {
      return MemoryUtil.NULL;
    }
  }

  @Override
  public long realloc(long address, long size) {
    if (size < 0) {
      return MemoryUtil.NULL;
    }
    try {
      return Hakmem.reallocate(address, size);
    } catch (OutOfMemoryError ignored) {
      return MemoryUtil.NULL;
    }
  }

  @Override
  public void free(long address) {
    Hakmem.free(address);
  }

  @Override
  public long aligned_alloc(long alignment, long size) {
    if (size < 0) {
      return MemoryUtil.NULL;
    }
    try {
      return Hakmem.allocateAligned(size, alignment);
    } catch (OutOfMemoryError ignored) {
      return MemoryUtil.NULL;
    }
  }

  @Override
  public void aligned_free(long address) {
    Hakmem.free(address);
  }
}
