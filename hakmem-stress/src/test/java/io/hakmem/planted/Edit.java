// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.planted;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;
import java.util.List;

/** A way to spoil a method; nothing of its sources is needed. */
interface Edit {

  MethodTransform of(MethodModel method);

  /** The method does nothing and returns a constant. */
  static Edit returning(int value) {
    return method ->
        (builder, element) -> {
          if (element instanceof CodeModel) {
            TypeKind kind = TypeKind.from(method.methodTypeSymbol().returnType());
            builder.withCode(code -> giveConstant(code, kind, value).return_(kind));
          } else {
            builder.with(element);
          }
        };
  }

  /** The method takes no lock. */
  static Edit withoutLock() {
    return method ->
        (builder, element) -> {
          if (element instanceof AccessFlags flags) {
            builder.withFlags(flags.flagsMask() & ~ClassFile.ACC_SYNCHRONIZED);
          } else {
            builder.with(element);
          }
        };
  }

  /** Calls of a method are left out; a constant is their result. */
  static Edit withoutCallsOf(String name, int result) {
    return method ->
        MethodTransform.transformingCode(
            (code, element) -> {
              if (element instanceof InvokeInstruction call && call.name().equalsString(name)) {
                MethodTypeDesc type = call.typeSymbol();
                List<ClassDesc> parameters = type.parameterList();
                parameters.reversed().forEach(each -> drop(code, TypeKind.from(each)));
                if (call.opcode() != Opcode.INVOKESTATIC) {
                  code.pop();
                }
                CodeBuilder ignored = giveConstant(code, TypeKind.from(type.returnType()), result);
              } else {
                code.with(element);
              }
            });
  }

  /** Reads of a static field are left out; a constant is their result. */
  static Edit withoutReadsOf(String name, int result) {
    return method ->
        MethodTransform.transformingCode(
            (code, element) -> {
              if (element instanceof FieldInstruction read
                  && read.opcode() == Opcode.GETSTATIC
                  && read.name().equalsString(name)) {
                CodeBuilder ignored = giveConstant(code, TypeKind.from(read.typeSymbol()), result);
              } else {
                code.with(element);
              }
            });
  }

  /** The method begins with a call of a static method without parameters. */
  static Edit callingFirst(Class<?> owner, String name) {
    return method ->
        MethodTransform.transformingCode(
            CodeTransform.ofStateful(
                () ->
                    new CodeTransform() {
                      @Override
                      public void atStart(CodeBuilder code) {
                        CodeBuilder ignored =
                            code.invokestatic(
                                ClassDesc.of(owner.getName()),
                                name,
                                MethodTypeDesc.ofDescriptor("()V"));
                      }

                      @Override
                      public void accept(CodeBuilder code, CodeElement element) {
                        CodeBuilder ignored = code.with(element);
                      }
                    }));
  }

  /** Bytes of a class of which the methods of one name are spoilt; fails if there are none. */
  static byte[] spoil(byte[] bytes, String name, Edit edit) {
    ClassModel model = ClassFile.of().parse(bytes);
    if (model.methods().stream().noneMatch(each -> each.methodName().equalsString(name))) {
      throw new IllegalArgumentException("no method " + name + " to plant a fault in");
    }
    ClassTransform transform =
        (builder, element) -> {
          if (element instanceof MethodModel method && method.methodName().equalsString(name)) {
            builder.transformMethod(method, edit.of(method));
          } else {
            builder.with(element);
          }
        };
    byte[] spoilt = ClassFile.of().transformClass(model, transform);
    if (Arrays.equals(spoilt, bytes)) {
      throw new IllegalArgumentException("the fault in " + name + " changes nothing");
    }
    return spoilt;
  }

  private static CodeBuilder giveConstant(CodeBuilder code, TypeKind kind, int value) {
    return switch (kind) {
      case VOID -> code;
      case LONG -> code.loadConstant((long) value);
      case REFERENCE -> code.aconst_null();
      default -> code.loadConstant(value);
    };
  }

  private static void drop(CodeBuilder code, TypeKind kind) {
    CodeBuilder ignored = kind.slotSize() == 2 ? code.pop2() : code.pop();
  }
}
