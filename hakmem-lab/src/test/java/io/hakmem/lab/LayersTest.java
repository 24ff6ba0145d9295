// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages use only packages further down. */
class LayersTest {
  private static final String ROOT = "io/hakmem/lab/";
  private static final List<String> FROM_THE_TOP =
      List.of(
          "cli",
          "seed",
          "watch",
          "suite",
          "tune",
          "ab",
          "profile",
          "report",
          "run",
          "micro",
          "workload",
          "subject",
          "measure",
          "attach");

  @Test
  void packages_useOnlyThoseBelow() throws IOException, URISyntaxException {
    List<String> wrong = new ArrayList<>();
    int classes = 0;
    try (Stream<Path> files = Files.walk(classFolder())) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        classes++;
        addWrong(file, wrong);
      }
    }
    assertTrue(classes > 50, "looked at " + classes + " classes only");
    assertEquals(List.of(), wrong);
  }

  private static void addWrong(Path file, List<String> wrong) throws IOException {
    var model = ClassFile.of().parse(file);
    String user = model.thisClass().asInternalName();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof ClassEntry used && !allowed(layer(user), layer(used.asInternalName()))) {
        wrong.add(user + " uses " + used.asInternalName());
      }
    }
  }

  private static boolean allowed(String user, String used) {
    if (user.equals(used) || used.isEmpty()) {
      return true; // of the same package, or of the package that all may use, or not ours
    }
    if (user.equals("compare") || user.isEmpty()) {
      return false;
    }
    return used.equals("compare") || FROM_THE_TOP.indexOf(user) < FROM_THE_TOP.indexOf(used);
  }

  /**
   * Name of the package below the root, of what JMH generates that of its source; empty for the
   * root itself and everything else.
   */
  private static String layer(String internalName) {
    int root = internalName.indexOf(ROOT); // an array's name begins with brackets
    int end = root < 0 ? -1 : internalName.indexOf('/', root + ROOT.length());
    return end < 0 ? "" : internalName.substring(root + ROOT.length(), end);
  }

  private static Path classFolder() throws URISyntaxException {
    return Path.of(
        UsageException.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
