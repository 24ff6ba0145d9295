// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.ClassDesc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which functions of C hakmem calls, and which of its own it lets C call, as it asks the linker.
 */
public final class ForeignCalls {
  /*
   * Classes are loaded with calls of the two methods here in place of the linker's. That no place of the
   * program that asks the linker was left out is seen from the lines of the stack.
   */

  private static final Set<String> DOWNCALLS = new TreeSet<>();
  private static final Set<String> UPCALLS = new TreeSet<>();
  private static final Set<String> METHODS = new TreeSet<>();
  private static final Set<String> PLACES = new TreeSet<>();

  private ForeignCalls() {}

  /** In place of the linker's. */
  public static MethodHandle downcallHandle(
      Linker linker, MemorySegment function, FunctionDescriptor type, Linker.Option... options) {
    seen(DOWNCALLS, "{" + types(type) + options(options) + "}");
    return linker.downcallHandle(function, type, options);
  }

  /** In place of the linker's. */
  public static MemorySegment upcallStub(
      Linker linker,
      MethodHandle target,
      FunctionDescriptor type,
      Arena arena,
      Linker.Option... options) {
    MethodHandleInfo method = MethodHandles.lookup().revealDirect(target);
    String owner = method.getDeclaringClass().getName();
    seen(
        UPCALLS,
        "{\"class\": \""
            + owner
            + "\", \"method\": \""
            + method.getName()
            + "\", "
            + types(type)
            + options(options)
            + "}");
    String parameters =
        method.getMethodType().parameterList().stream()
            .map(parameter -> "\"" + parameter.getName() + "\"")
            .collect(Collectors.joining(", "));
    METHODS.add(
        "{\"name\": \"" + method.getName() + "\", \"parameterTypes\": [" + parameters + "]}");
    return linker.upcallStub(target, type, arena, options);
  }

  private static synchronized void seen(Set<String> calls, String call) {
    calls.add(call);
    StackWalker.getInstance()
        .forEach(frame -> PLACES.add(frame.getClassName() + ":" + frame.getLineNumber()));
  }

  private static String types(FunctionDescriptor type) {
    String parameters =
        type.argumentLayouts().stream()
            .map(layout -> "\"" + name(layout) + "\"")
            .collect(Collectors.joining(", "));
    String result = type.returnLayout().map(ForeignCalls::name).orElse("void");
    return "\"returnType\": \"" + result + "\", \"parameterTypes\": [" + parameters + "]";
  }

  private static String name(Object layout) {
    return switch (layout) {
      case ValueLayout.OfInt _ -> "jint";
      case ValueLayout.OfLong _ -> "jlong";
      default -> throw new AssertionError("what is it called in the metadata? " + layout);
    };
  }

  private static String options(Linker.Option... options) {
    String text =
        Stream.of(options).map(ForeignCalls::option).sorted().collect(Collectors.joining(", "));
    return text.isEmpty() ? "" : ", \"options\": {" + text + "}";
  }

  private static String option(Linker.Option option) {
    if (option.equals(Linker.Option.critical(false))) {
      return "\"critical\": {\"allowHeapAccess\": false}";
    }
    String index = option.toString().replaceFirst(".*index=(\\d+).*", "$1");
    if (!option.equals(Linker.Option.firstVariadicArg(Integer.parseInt(index)))) {
      throw new AssertionError("what is it called in the metadata? " + option);
    }
    return "\"firstVariadicArg\": " + index;
  }

  /** The metadata for all that was seen. */
  static synchronized String metadata() {
    String owner = NativeFunctions.class.getName();
    return """
    {
      "reflection": [
        {
          "type": "%s",
          "methods": [
            %s
          ]
        }
      ],
      "foreign": {
        "downcalls": [
          %s
        ],
        "directUpcalls": [
          %s
        ]
      }
    }
    """
        .formatted(
            owner,
            String.join(",\n        ", METHODS),
            String.join(",\n      ", DOWNCALLS),
            String.join(",\n      ", UPCALLS));
  }

  /** Places of hakmem's classes that ask the linker and were not reached. */
  static synchronized Set<String> missed() {
    Set<String> missed = new TreeSet<>();
    for (ClassModel type : Classes.ofHakmem()) {
      String name = type.thisClass().asInternalName().replace('/', '.');
      for (MethodModel method : type.methods()) {
        int line = 0;
        for (CodeElement element : method.code().map(CodeModel::elementList).orElse(List.of())) {
          if (element instanceof LineNumber number) {
            line = number.line();
          } else if (element instanceof InvokeInstruction call && Classes.asks(call)) {
            missed.add(name + ":" + line);
          }
        }
      }
    }
    if (missed.isEmpty()) {
      throw new AssertionError("nobody asks the linker: what was looked at?");
    }
    missed.removeAll(PLACES);
    return missed;
  }

  /** Classes of hakmem that ask here. */
  static final class Classes extends OwnClasses {
    private static final String LINKER = "java/lang/foreign/Linker";

    private static boolean asks(InvokeInstruction call) {
      String owner = call.owner().asInternalName();
      return isLinkers(call)
          || (owner.equals("io/hakmem/memory/CLibrary") && call.name().equalsString("bind"));
    }

    private static boolean isLinkers(InvokeInstruction call) {
      return call.owner().asInternalName().equals(LINKER)
          && (call.name().equalsString("downcallHandle") || call.name().equalsString("upcallStub"));
    }

    private static List<ClassModel> ofHakmem() {
      String file = Hakmem.class.getName().replace('.', '/') + ".class";
      Path place =
          Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
              .map(Path::of)
              .filter(each -> Files.exists(each.resolve(file)))
              .findFirst()
              .orElseThrow();
      try (Stream<Path> files = Files.walk(place)) {
        return files
            .filter(each -> each.toString().endsWith(".class"))
            .map(Classes::parse)
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static ClassModel parse(Path file) {
      try {
        return ClassFile.of().parse(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    byte[] transform(String name, byte[] bytes) {
      if (name.equals(ForeignCalls.class.getName())) {
        return bytes;
      }
      ClassFile file = ClassFile.of();
      ClassModel type = file.parse(bytes);
      return file.transformClass(
          type,
          ClassTransform.transformingMethodBodies(
              (builder, element) -> {
                if (element instanceof InvokeInstruction call && isLinkers(call)) {
                  builder.invokestatic(
                      ClassDesc.of(ForeignCalls.class.getName()),
                      call.name().stringValue(),
                      call.typeSymbol().insertParameterTypes(0, ClassDesc.ofInternalName(LINKER)));
                } else {
                  builder.with(element);
                }
              }));
    }
  }
}
