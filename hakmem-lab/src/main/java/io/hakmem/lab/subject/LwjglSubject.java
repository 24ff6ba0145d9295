// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.util.Locale;
import org.lwjgl.system.MemoryUtil;

/**
 * An allocator through LWJGL: its untyped functions, which pass addresses and check nothing. Which
 * allocator that is, a property of LWJGL says.
 */
public final class LwjglSubject extends Subject {
  /** LWJGL's property: mimalloc, jemalloc, rpmalloc, or a class. */
  static final String ALLOCATOR = "org.lwjgl.system.allocator";

  /** Opens it; LWJGL needs nothing beside the blocks. */
  @SuppressWarnings("unused") // every subject is opened with the number of slots
  public LwjglSubject(int slotCount) {
    // An allocator that does not load is silently replaced by the C library's.
    String used = MemoryUtil.getAllocator().getClass().getName();
    String wanted = System.getProperty(ALLOCATOR, "");
    if (!used.equals(wanted) && !used.toLowerCase(Locale.ROOT).contains("." + wanted)) {
      throw new IllegalStateException("LWJGL uses " + used + " instead of " + wanted);
    }
  }

  @Override
  public long allocate(int slot, long byteSize) {
    return MemoryUtil.nmemAlloc(byteSize);
  }

  @Override
  public void free(int slot, long address) {
    // Aligned blocks too: the aligned free of all of them is their free.
    MemoryUtil.nmemFree(address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    return MemoryUtil.nmemCalloc(1, byteSize);
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    return MemoryUtil.nmemAlignedAlloc(alignment, byteSize);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    return MemoryUtil.nmemRealloc(address, newByteSize);
  }
}
