// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Map;
import java.util.Set;

/** The instrumented build: the allocator's classes with calls of {@link ScaleCounts}. */
final class ScaleClasses extends OwnClasses {
  /*
   * Counted are monitors, calls of java.util.concurrent.atomic, stores into fields and arrays outside of
   * constructors, calls of Memory and CBytes that write, and calls that change a collection, as one
   * write to it.
   * A synchronized method is split, so that its lock can be looked at before it is taken:
   *
   *   synchronized int take(x) {...}   ->   int take(x) { locking(this); return take$locked(x); }
   *                                         private synchronized int take$locked(x) {...}
   *
   * Calls by which the allocator tells threads apart go to ScaleSeats.
   */

  private static final ClassDesc COUNTS = ClassDesc.of(ScaleCounts.class.getName());
  private static final ClassDesc SEATS = ClassDesc.of(ScaleSeats.class.getName());
  private static final MethodTypeDesc OF_OBJECT = type("(Ljava/lang/Object;)V");
  private static final MethodTypeDesc OF_ELEMENT = type("(Ljava/lang/Object;I)V");
  private static final MethodTypeDesc OF_ELEMENTS = type("(Ljava/lang/Object;II)V");
  private static final MethodTypeDesc OF_BYTES = type("(JJLjava/lang/String;)V");

  /** What goes to {@link ScaleSeats}, with its descriptor there. */
  private static final Map<String, String> OF_THREADS =
      Map.of(
          "java/lang/Thread.currentThread", "()Ljava/lang/Thread;",
          "java/lang/Thread.isAlive", "(Ljava/lang/Thread;)Z",
          "java/lang/ThreadLocal.get", "(Ljava/lang/ThreadLocal;)Ljava/lang/Object;",
          "java/lang/ThreadLocal.set", "(Ljava/lang/ThreadLocal;Ljava/lang/Object;)V",
          "java/lang/Runtime.availableProcessors", "(Ljava/lang/Runtime;)I");

  /** Which arguments of a method of Memory or CBytes are the address written to, and the size. */
  private record Writes(int address, int size, int unit) {}

  private static final int ONE = -1;

  private static final Map<String, Writes> OF_MEMORY =
      Map.of(
          "putByte", new Writes(0, ONE, Byte.BYTES),
          "putInt", new Writes(0, ONE, Integer.BYTES),
          "putLong", new Writes(0, ONE, Long.BYTES),
          "putLongs", new Writes(0, 3, Long.BYTES),
          "fill", new Writes(0, 1, Byte.BYTES),
          "copy", new Writes(1, 2, Byte.BYTES),
          "copyGranules", new Writes(1, 2, Byte.BYTES));

  private static final Set<String> OF_COLLECTIONS =
      Set.of(
          "add",
          "addFirst",
          "addLast",
          "andNot",
          "clear",
          "flip",
          "or",
          "put",
          "remove",
          "removeFirst",
          "removeLast",
          "set");

  private static MethodTypeDesc type(String descriptor) {
    return MethodTypeDesc.ofDescriptor(descriptor);
  }

  @Override
  byte[] transform(String name, byte[] bytes) {
    // Of the probe's thousands of locals nothing is to be counted, nor in Memory and CBytes, but by
    // their callers.
    if (isTest(name) || name.endsWith(".StackProbe") || name.matches(".*\\.(Memory|CBytes)")) {
      return bytes;
    }
    String simple = name.substring(name.lastIndexOf('.') + 1);
    ClassFile file = ClassFile.of();
    return file.transformClass(
        file.parse(bytes),
        (builder, element) -> {
          if (!(element instanceof MethodModel method) || method.code().isEmpty()) {
            builder.with(element);
          } else if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
            split(builder, method, simple);
          } else {
            boolean constructor = method.methodName().stringValue().startsWith("<");
            builder.transformMethod(
                method, MethodTransform.transformingCode(counting(simple, !constructor)));
          }
        });
  }

  private static void split(ClassBuilder builder, MethodModel method, String by) {
    ClassDesc owner = method.parent().orElseThrow().thisClass().asSymbol();
    String inner = method.methodName().stringValue() + "$locked";
    MethodTypeDesc type = method.methodTypeSymbol();
    boolean isStatic = method.flags().has(AccessFlag.STATIC);
    builder.withMethodBody(
        method.methodName().stringValue(),
        type,
        method.flags().flagsMask() & ~ClassFile.ACC_SYNCHRONIZED,
        code -> {
          if (isStatic) {
            code.ldc(owner);
          } else {
            code.aload(0);
          }
          code.invokestatic(COUNTS, "locking", OF_OBJECT);
          if (!isStatic) {
            code.aload(0);
          }
          for (int i = 0; i < type.parameterCount(); i++) {
            code.loadLocal(TypeKind.from(type.parameterType(i)), code.parameterSlot(i));
          }
          if (isStatic) {
            code.invokestatic(owner, inner, type);
          } else {
            code.invokevirtual(owner, inner, type);
          }
          code.return_(TypeKind.from(type.returnType()));
        });
    CodeModel body = method.code().orElseThrow();
    builder.withMethod(
        inner,
        type,
        ClassFile.ACC_PRIVATE | ClassFile.ACC_SYNCHRONIZED | (isStatic ? ClassFile.ACC_STATIC : 0),
        made -> made.transformCode(body, counting(by, true)));
  }

  private static CodeTransform counting(String by, boolean withFields) {
    return (builder, element) -> {
      switch (element) {
        case MonitorInstruction monitor when monitor.opcode() == Opcode.MONITORENTER ->
            builder.dup().invokestatic(COUNTS, "locking", OF_OBJECT).with(element);
        case FieldInstruction field when withFields && field.opcode() == Opcode.PUTFIELD ->
            beforeValue(
                builder, element, TypeKind.from(field.typeSymbol()), () -> wroteObject(builder));
        case ArrayStoreInstruction store ->
            beforeValue(builder, element, store.typeKind(), () -> wroteElement(builder));
        case InvokeInstruction call -> count(builder, call, by);
        default -> builder.with(element);
      }
    };
  }

  private static void wroteObject(CodeBuilder builder) {
    builder.dup().iconst_0().iconst_1().invokestatic(COUNTS, "wrote", OF_ELEMENTS);
  }

  private static void wroteElement(CodeBuilder builder) {
    builder.dup2().iconst_1().invokestatic(COUNTS, "wrote", OF_ELEMENTS);
  }

  /** Lets something look at what lies below the value that an instruction stores. */
  private static void beforeValue(
      CodeBuilder builder, CodeElement element, TypeKind kind, Runnable look) {
    int value = builder.allocateLocal(kind);
    builder.storeLocal(kind, value);
    look.run();
    builder.loadLocal(kind, value).with(element);
  }

  private static void count(CodeBuilder builder, InvokeInstruction call, String by) {
    String owner = call.owner().asInternalName();
    String name = call.name().stringValue();
    String ofThreads = OF_THREADS.get(owner + "." + name);
    if (ofThreads != null) {
      builder.invokestatic(SEATS, name, type(ofThreads));
      return;
    }
    boolean ofMemory = owner.matches("io/hakmem/memory/(Memory|CBytes)");
    if (ofMemory && OF_MEMORY.containsKey(name)) {
      countBytes(builder, call, OF_MEMORY.get(name), by);
    } else if (owner.equals("java/lang/System") && name.equals("arraycopy")) {
      int[] slots = spill(builder, call.typeSymbol());
      builder.aload(slots[2]).iload(slots[3]).iload(slots[4]);
      builder.invokestatic(COUNTS, "wrote", OF_ELEMENTS);
      reload(builder, call.typeSymbol(), slots);
    } else if (owner.startsWith("java/util/concurrent/atomic/") && isWrite(name)) {
      int[] slots = spill(builder, call.typeSymbol());
      builder.dup();
      if (owner.endsWith("Array")) {
        builder.iload(slots[0]);
      } else {
        builder.iconst_0();
      }
      if (name.startsWith("set")) {
        builder.iconst_1().invokestatic(COUNTS, "wrote", OF_ELEMENTS);
      } else {
        builder.invokestatic(COUNTS, "atomic", OF_ELEMENT);
      }
      reload(builder, call.typeSymbol(), slots);
    } else if (owner.matches("java/util/\\w+")
        && call.opcode() != Opcode.INVOKESTATIC
        && OF_COLLECTIONS.contains(name)) {
      int[] slots = spill(builder, call.typeSymbol());
      wroteObject(builder);
      reload(builder, call.typeSymbol(), slots);
    }
    builder.with(call);
  }

  private static boolean isWrite(String name) {
    return !name.equals("<init>") && (!name.startsWith("get") || name.startsWith("getAnd"));
  }

  private static void countBytes(
      CodeBuilder builder, InvokeInstruction call, Writes writes, String by) {
    int[] slots = spill(builder, call.typeSymbol());
    builder.lload(slots[writes.address]);
    if (writes.size == ONE) {
      builder.loadConstant((long) writes.unit);
    } else if (call.typeSymbol().parameterType(writes.size).equals(ConstantDescs.CD_int)) {
      builder.iload(slots[writes.size]).i2l().loadConstant((long) writes.unit).lmul();
    } else {
      builder.lload(slots[writes.size]);
    }
    builder.ldc(by).invokestatic(COUNTS, "wrote", OF_BYTES);
    reload(builder, call.typeSymbol(), slots);
  }

  /** Moves the arguments of a call from the stack to locals; a receiver stays. */
  private static int[] spill(CodeBuilder builder, MethodTypeDesc type) {
    int[] slots = new int[type.parameterCount()];
    for (int i = slots.length - 1; i >= 0; i--) {
      TypeKind kind = TypeKind.from(type.parameterType(i));
      slots[i] = builder.allocateLocal(kind);
      builder.storeLocal(kind, slots[i]);
    }
    return slots;
  }

  private static void reload(CodeBuilder builder, MethodTypeDesc type, int[] slots) {
    for (int i = 0; i < slots.length; i++) {
      builder.loadLocal(TypeKind.from(type.parameterType(i)), slots[i]);
    }
  }
}
