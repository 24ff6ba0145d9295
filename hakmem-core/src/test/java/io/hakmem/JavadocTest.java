// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** All that a program sees of the core and the adapters has a comment. */
final class JavadocTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> PACKAGES =
      List.of(
          "hakmem-core/src/main/java/io/hakmem",
          "hakmem-core/src/main/java/io/hakmem/verify",
          "hakmem-netty/src/main/java/io/hakmem/netty",
          "hakmem-arrow/src/main/java/io/hakmem/arrow",
          "hakmem-parquet/src/main/java/io/hakmem/parquet",
          "hakmem-ignite/src/main/java/io/hakmem/ignite",
          "hakmem-lwjgl/src/main/java/io/hakmem/lwjgl",
          "hakmem-micrometer/src/main/java/io/hakmem/micrometer");

  @Test
  void publicMembers_haveComments() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask parser =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(sources()));
      Members members = new Members(DocTrees.instance(parser));
      for (CompilationUnitTree file : parser.parse()) {
        members.scan(file, null);
      }
      assertTrue(members.seen > 150, "only " + members.seen + " public members were found");
      assertEquals("", String.join("\n", members.withoutComment));
    }
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String folder : PACKAGES) {
      try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  /** Looks at public types and their public and protected members; overriding ones inherit. */
  private static final class Members extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final DocTrees comments;
    private final List<String> withoutComment = new ArrayList<>();
    private int seen;

    Members(DocTrees comments) {
      this.comments = comments;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
      if (isPublic(type.getModifiers())) {
        check(type.getSimpleName().toString());
        super.visitClass(type, null);
      }
      return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
      boolean overrides =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(annotation -> annotation.toString().contains("Override"));
      boolean ofRecord = method.getReturnType() == null && parent().getKind() == Tree.Kind.RECORD;
      if (isPublic(method.getModifiers()) && !overrides && !ofRecord) {
        check(parent().getSimpleName() + "." + method.getName());
      }
      return null;
    }

    @Override
    public @Nullable Void visitVariable(VariableTree field, @Nullable Void unused) {
      if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree
          && isPublic(field.getModifiers())) {
        check(parent().getSimpleName() + "." + field.getName());
      }
      return null;
    }

    private ClassTree parent() {
      return (ClassTree) getCurrentPath().getParentPath().getLeaf();
    }

    private boolean isPublic(ModifiersTree modifiers) {
      return modifiers.getFlags().contains(Modifier.PUBLIC)
          || modifiers.getFlags().contains(Modifier.PROTECTED)
          || (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type
              && type.getKind() == Tree.Kind.INTERFACE);
    }

    private void check(String name) {
      seen++;
      if (comments.getDocComment(getCurrentPath()) == null) {
        withoutComment.add(name);
      }
    }
  }
}
