// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/** The C library's malloc behind sun.misc.Unsafe. Unsafe checks the size and nothing else. */
public final class UnsafeSubject extends AddressSubject {
  /*
   * By method handles, which cost nothing when they are constants: javac has a warning for the name
   * of the class that no annotation turns off.
   */
  private static final MethodHandle ALLOCATE =
      method("allocateMemory", MethodType.methodType(long.class, long.class));
  private static final MethodHandle FREE =
      method("freeMemory", MethodType.methodType(void.class, long.class));
  private static final MethodHandle REALLOCATE =
      method("reallocateMemory", MethodType.methodType(long.class, long.class, long.class));

  /** Opens it with room for the beginning of each slot's block. */
  public UnsafeSubject(int slotCount) {
    super(slotCount);
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
  void free(long address) {
    try {
      FREE.invokeExact(address);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    if (isAligned(slot)) {
      return super.reallocate(slot, address, oldByteSize, newByteSize);
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
