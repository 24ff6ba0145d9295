// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleAnnotationsAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package may use which, and how small hot methods are: read from the compiled classes. */
final class ArchitectureTest {

  /** A package uses only itself and packages further down. */
  private static final List<String> LAYERS =
      List.of(
          "io.hakmem.verify",
          "io.hakmem",
          "io.hakmem.jfr",
          "io.hakmem.record",
          "io.hakmem.profile",
          "io.hakmem.heap",
          "io.hakmem.control",
          "io.hakmem.hardened",
          "io.hakmem.front",
          "io.hakmem.depot",
          "io.hakmem.slab",
          "io.hakmem.large",
          "io.hakmem.guard",
          "io.hakmem.superslab",
          "io.hakmem.os",
          "io.hakmem.event",
          "io.hakmem.memory");

  /** {@code FreqInlineSize}: C2 inlines hot calls of methods up to this. */
  private static final int MOST_BYTECODES = 325;

  private static final Pattern OBJECT_TYPE = Pattern.compile("L([\\w/$]+)[;<]");

  private static final Path CLASSES = Path.of("target", "classes");

  private final List<ClassModel> classes = read();

  private static List<ClassModel> read() {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      List<ClassModel> models = new ArrayList<>();
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        ClassModel model = ClassFile.of().parse(file);
        if (!model.isModuleInfo()) {
          models.add(model);
        }
      }
      return models;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void packages_useOnlyPackagesFurtherDown() {
    List<String> violations = new ArrayList<>();
    for (ClassModel each : classes) {
      String user = packageOf(nameOf(each));
      assertTrue(LAYERS.contains(user), "no layer is known for package " + user);
      for (String used : references(each)) {
        String target = packageOf(used);
        if (used.startsWith("io.hakmem") && LAYERS.indexOf(target) < LAYERS.indexOf(user)) {
          violations.add(nameOf(each) + " -> " + used);
        }
      }
    }
    assertEquals(List.of(), violations, "calls go down, never up");
    assertTrue(classes.size() > 40, "classes found: " + classes.size());
  }

  @Test
  void core_usesOnlyItselfAndTheJdk() {
    List<String> violations = new ArrayList<>();
    for (ClassModel each : classes) {
      for (String used : references(each)) {
        boolean optional = used.matches("(jdk\\.jfr|javax?\\.(lang\\.)?management)\\..*");
        boolean allowed = optional ? isBehindACheck(each) : used.startsWith("java.");
        if (!used.startsWith("io.hakmem.") && !allowed) {
          violations.add(nameOf(each) + " -> " + used);
        }
      }
    }
    assertEquals(List.of(), violations);
  }

  /** Classes that are used only where the optional modules of the JDK are readable. */
  private static boolean isBehindACheck(ClassModel model) {
    return Set.of("io.hakmem.HakmemMonitoring", "io.hakmem.ManagedHakmem", "io.hakmem.StatsEvents")
            .contains(nameOf(model))
        || packageOf(nameOf(model)).equals("io.hakmem.jfr");
  }

  @Test
  void hotMethods_areSmallEnoughToBeInlined() {
    TreeMap<Integer, String> bySize = new TreeMap<>();
    int hot = 0;
    for (ClassModel each : classes) {
      for (MethodModel method : each.methods()) {
        if (isMarked(method, "HotPath")) {
          hot++;
          bySize.put(code(method).codeLength(), nameOf(each) + "." + name(method));
        }
      }
    }
    assertTrue(hot >= 10, "hot methods found: " + hot);
    Map.Entry<Integer, String> biggest = bySize.lastEntry();
    assertTrue(biggest.getKey() <= MOST_BYTECODES, "the biggest hot method: " + biggest);
  }

  @Test
  void outOfLineMethods_areTooBigToBeInlined() {
    List<String> small = new ArrayList<>();
    Set<String> marked = new TreeSet<>();
    for (ClassModel each : classes) {
      for (MethodModel method : each.methods()) {
        if (isMarked(method, "OutOfLine")) {
          marked.add(nameOf(each) + "." + name(method));
          if (code(method).codeLength() <= MOST_BYTECODES) {
            small.add(nameOf(each) + "." + name(method));
          }
        }
      }
    }
    assertEquals(List.of(), small);
    for (String method : List.of("pool", "slow")) {
      assertTrue(marked.contains("io.hakmem.front.FrontCache." + method), "marked: " + marked);
    }
  }

  @Test
  void fastMethods_takeNoLockAndMakeNoObject() {
    List<String> violations = new ArrayList<>();
    Set<Opcode> slow =
        Set.of(
            Opcode.MONITORENTER,
            Opcode.NEW,
            Opcode.NEWARRAY,
            Opcode.ANEWARRAY,
            Opcode.MULTIANEWARRAY,
            Opcode.INVOKEDYNAMIC);
    for (ClassModel each : classes) {
      for (MethodModel method : each.methods()) {
        if (isMarked(method, "HotPath") || isPool(each, method)) {
          boolean found = method.flags().has(AccessFlag.SYNCHRONIZED);
          for (var element : code(method)) {
            found |= element instanceof Instruction it && slow.contains(it.opcode());
          }
          if (found) {
            violations.add(nameOf(each) + "." + name(method));
          }
        }
      }
    }
    assertEquals(List.of(), violations);
  }

  /** The fast path that is out of line. */
  private static boolean isPool(ClassModel model, MethodModel method) {
    return (nameOf(model) + "." + name(method)).equals("io.hakmem.front.FrontCache.pool");
  }

  @Test
  void fastPath_isMarkedHot() {
    // Without its marks the two tests above would find nothing to complain about.
    Set<String> hot = new TreeSet<>();
    for (ClassModel each : classes) {
      for (MethodModel method : each.methods()) {
        if (isMarked(method, "HotPath")) {
          hot.add(nameOf(each) + "." + name(method));
        }
      }
    }
    for (String method :
        List.of(
            "io.hakmem.Hakmem.allocate",
            "io.hakmem.Hakmem.free",
            "io.hakmem.HakmemHandle.allocate",
            "io.hakmem.HakmemHandle.free",
            "io.hakmem.front.FrontCache.allocate",
            "io.hakmem.front.FrontCache.free",
            "io.hakmem.front.FrontCaches.current")) {
      assertTrue(hot.contains(method), method + " is not marked");
    }
  }

  private static boolean isMarked(MethodModel method, String annotation) {
    RuntimeInvisibleAnnotationsAttribute annotations =
        method.findAttribute(Attributes.runtimeInvisibleAnnotations()).orElse(null);
    return annotations != null
        && annotations.annotations().stream()
            .anyMatch(
                each -> each.className().equalsString("Lio/hakmem/memory/" + annotation + ";"));
  }

  private static CodeAttribute code(MethodModel method) {
    return method.findAttribute(Attributes.code()).orElseThrow();
  }

  private static String name(MethodModel method) {
    return method.methodName().stringValue();
  }

  private static String nameOf(ClassModel model) {
    return model.thisClass().asInternalName().replace('/', '.');
  }

  private static String packageOf(String name) {
    return name.substring(0, Math.max(name.lastIndexOf('.'), 0));
  }

  /** Classes that a class names in its code and in the types of its members. */
  private static Set<String> references(ClassModel model) {
    Set<String> names = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      switch (entry) {
        case ClassEntry type -> addTypes(type.asInternalName(), names);
        case NameAndTypeEntry member -> addTypes(member.type().stringValue(), names);
        default -> {}
      }
    }
    model.methods().forEach(method -> addTypes(text(method.methodType()), names));
    model.fields().forEach(field -> addTypes(text(field.fieldType()), names));
    return names;
  }

  private static String text(Utf8Entry entry) {
    return entry.stringValue();
  }

  /** Adds the class of an internal name, or those of a descriptor. */
  private static void addTypes(String text, Set<String> names) {
    if (text.indexOf(';') < 0 && text.indexOf('(') < 0 && !text.startsWith("[")) {
      if (text.length() > 1) {
        names.add(text.replace('/', '.'));
      }
      return;
    }
    for (Matcher type = OBJECT_TYPE.matcher(text); type.find(); ) {
      names.add(type.group(1).replace('/', '.'));
    }
  }
}
