// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/** The C library's malloc behind sun.misc.Unsafe. Unsafe checks the size and nothing else. */
public final class UnsafeSubject extends Subject {
  /*
   * By method handles, which cost nothing when they are constants: javac has a warning for the name
   * of the class that no annotation turns off.
   *
   * Unsafe has no alignment to ask for: where more than malloc's is wanted, the block is that much
   * larger, and its beginning is kept by slot.
   */
  private static final int ALIGNMENT = 16;

  private static final MethodHandle ALLOCATE =
      method("allocateMemory", MethodType.methodType(long.class, long.class));
  private static final MethodHandle FREE =
      method("freeMemory", MethodType.methodType(void.class, long.class));
  private static final MethodHandle REALLOCATE =
      method("reallocateMemory", MethodType.methodType(long.class, long.class, long.class));

  private static boolean aligned; // some block has been; set by the thread that hands it on

  private final long[] beginnings; // 0: the address itself

  /** Opens it with room for the beginning of each slot's block. */
  public UnsafeSubject(int slotCount) {
    beginnings = SlotArrays.open(slotCount, long[]::new);
  }

  @Override
  public long allocate(int slot, long byteSize) {
    try {
      return (long) ALLOCATE.invokeExact(byteSize);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public void free(int slot, long address) {
    try {
      FREE.invokeExact(aligned ? beginning(slot, address) : address);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private long beginning(int slot, long address) {
    long kept = beginnings[slot];
    beginnings[slot] = 0;
    return kept == 0 ? address : kept;
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    long address = allocate(slot, byteSize);
    RawMemory.fill(address, byteSize, (byte) 0);
    return address;
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    if (alignment <= ALIGNMENT) {
      return allocate(slot, byteSize);
    }
    aligned = true;
    beginnings[slot] = allocate(slot, byteSize + alignment);
    return RawMemory.alignUp(beginnings[slot], alignment);
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    if (aligned && beginnings[slot] != 0) {
      long moved = allocate(slot, newByteSize);
      RawMemory.copy(address, moved, Math.min(oldByteSize, newByteSize));
      free(slot, address);
      return moved;
    }
    try {
      return (long) REALLOCATE.invokeExact(address, newByteSize);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static MethodHandle method(String name, MethodType type) {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return MethodHandles.lookup().findVirtual(unsafe, name, type).bindTo(instance.get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK has no sun.misc.Unsafe." + name, e);
    }
  }

  private static IllegalStateException failed(Throwable cause) {
    return new IllegalStateException("Unsafe failed", cause);
  }
}
