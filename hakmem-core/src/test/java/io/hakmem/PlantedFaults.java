// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The Java heap is full wherever a test wants it to be. */
public final class PlantedFaults {
  /*
   * Classes of the allocator are loaded with a call of reach before each instruction that makes an object,
   * and before each call of a method of the JDK's that may. A fault is an OutOfMemoryError there, as the
   * virtual machine would throw it. The JDK's methods that are taken for harmless are listed; of
   * collections those that only read, and those that add where the allocator has made room before.
   */

  private static volatile @Nullable Thread armed;
  private static Predicate<String> wanted = place -> false;

  private PlantedFaults() {}

  /** From now on, the places that {@code isFull} says yes to fail in the calling thread. */
  static void arm(Predicate<String> isFull) {
    wanted = isFull;
    armed = Thread.currentThread();
  }

  static void disarm() {
    armed = null;
  }

  /** Called before an object is made at a place of the allocator. */
  public static void reach(String place) {
    Thread thread = armed;
    if (thread == null || Thread.currentThread() != thread) {
      return;
    }
    armed = null; // what the test does itself is no place
    boolean full = wanted.test(place);
    armed = thread;
    if (full) {
      throw new OutOfMemoryError("planted at " + place);
    }
  }

  /** Classes of the allocator's in which faults can be planted. */
  static final class Classes extends OwnClasses {

    private static final ClassDesc SELF = ClassDesc.of(PlantedFaults.class.getName());
    private static final MethodTypeDesc REACH =
        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);

    /** Packages and classes of the JDK's whose methods make no objects, but for what is named. */
    private static final Set<String> HARMLESS =
        Set.of(
            "java/lang/Math",
            "java/lang/Object",
            "java/lang/Record",
            "java/lang/System",
            "java/lang/Thread",
            "java/lang/Runnable",
            "java/lang/invoke/MethodHandle",
            "java/lang/invoke/VarHandle",
            "java/lang/ref/WeakReference",
            "java/util/BitSet",
            "java/util/concurrent/atomic/AtomicBoolean",
            "java/util/concurrent/atomic/AtomicInteger",
            "java/util/concurrent/atomic/AtomicIntegerArray",
            "java/util/concurrent/atomic/AtomicLong",
            "java/util/concurrent/atomic/AtomicLongArray",
            "java/util/concurrent/locks/LockSupport",
            "java/util/function/LongPredicate");

    private static final Set<String> HARMLESS_METHODS =
        Set.of(
            "add", // to an ArrayList with room
            "copy", // of a MemorySegment
            "fill",
            "get",
            "getFirst",
            "getLast",
            "hasNext",
            "isEmpty",
            "next",
            "remove",
            "removeFirst",
            "removeLast",
            "set",
            "size",
            "firstKey",
            "floorKey",
            "address",
            "byteSize",
            "isAlive",
            "scope");

    @Override
    byte[] transform(String name, byte[] bytes) {
      if (isTest(name)) {
        return bytes;
      }
      String simple = name.substring(name.lastIndexOf('.') + 1);
      ClassFile file = ClassFile.of();
      return file.transformClass(
          file.parse(bytes),
          (builder, element) -> {
            if (element instanceof MethodModel method
                && !method.methodName().equalsString("<clinit>")) {
              String place = simple + "." + method.methodName().stringValue();
              builder.transformMethod(method, MethodTransform.transformingCode(planting(place)));
            } else {
              builder.with(element);
            }
          });
    }

    private static CodeTransform planting(String place) {
      return CodeTransform.ofStateful(
          () -> {
            int[] number = {0};
            return (builder, element) -> {
              if (mayMakeObject(element)) {
                plant(builder, place + "#" + number[0]++);
              }
              builder.with(element);
            };
          });
    }

    private static void plant(CodeBuilder builder, String place) {
      builder.ldc(place).invokestatic(SELF, "reach", REACH);
    }

    private static boolean mayMakeObject(CodeElement element) {
      return switch (element) {
        case NewObjectInstruction ignored -> true;
        case NewPrimitiveArrayInstruction ignored -> true;
        case NewReferenceArrayInstruction ignored -> true;
        case InvokeDynamicInstruction ignored -> true;
        case InvokeInstruction call -> mayMakeObject(call);
        default -> false;
      };
    }

    private static boolean mayMakeObject(InvokeInstruction call) {
      String owner = call.owner().asInternalName();
      String method = call.name().stringValue();
      if (owner.startsWith("io/hakmem/") || owner.startsWith("[")) {
        return owner.startsWith("[");
      }
      if (owner.equals("java/lang/Long") || owner.equals("java/lang/Integer")) {
        return method.equals("valueOf") || method.endsWith("String");
      }
      return !method.equals("<init>") // its object was made before
          && (method.equals("clone")
              || !(HARMLESS.contains(owner) || HARMLESS_METHODS.contains(method)));
    }
  }
}
