// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.sample.NativeAccessProgram;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java started as it will be one day: native access only where it is granted, and no memory of
 * sun.misc.Unsafe.
 */
final class NativeAccessTest {

  private static final List<String> STRICT =
      List.of("--illegal-native-access=deny", "--sun-misc-unsafe-memory-access=deny");

  private record Ended(int status, String output) {}

  private static Ended java(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(STRICT);
    command.addAll(List.of(options));
    command.add(NativeAccessProgram.class.getName());
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    program.getOutputStream().close();
    String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(program.waitFor(), output);
  }

  @Test
  void onTheClassPath_allOfHakmemRuns_andNothingIsWarnedOf() throws Exception {
    Ended ended =
        java("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"));
    assertEquals(new Ended(0, "done\n"), ended);
  }

  @Test
  void onTheClassPath_withoutNativeAccess_theErrorNamesTheOption() throws Exception {
    Ended ended = java("-cp", System.getProperty("java.class.path"));
    assertNotEquals(0, ended.status);
    assertTrue(ended.output.contains(error("ALL-UNNAMED")), ended.output);
  }

  @Test
  void asAModule_allOfHakmemRuns_andWithoutNativeAccess_theErrorNamesTheModule(@TempDir Path folder)
      throws Exception {
    String module = module(folder).toString();
    String tests = placeOf(NativeAccessProgram.class).toString();
    String access = "--enable-native-access=io.hakmem";
    String[] path = {"-p", module, "--add-modules", "io.hakmem", "-cp", tests};
    assertEquals(
        new Ended(0, "done\n"),
        java(Stream.concat(Stream.of(access), Stream.of(path)).toArray(String[]::new)));
    Ended refused = java(path);
    assertNotEquals(0, refused.status);
    assertTrue(refused.output.contains(error("io.hakmem")), refused.output);
  }

  private static String error(String module) {
    return "java.lang.IllegalCallerException: hakmem needs native access: start Java with"
        + " --enable-native-access="
        + module
        + System.lineSeparator();
  }

  /** The classes under test with their descriptor, which the class path does not need. */
  private static Path module(Path folder) throws Exception {
    Path classes = placeOf(Hakmem.class);
    if (Files.exists(classes.resolve("module-info.class"))) {
      return classes;
    }
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.toList()) {
        copy(file, folder.resolve(classes.relativize(file)));
      }
    }
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-p",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                Path.of("src/main/java/module-info.java").toString());
    assertEquals(0, status);
    return folder;
  }

  private static void copy(Path file, Path to) throws IOException {
    if (!Files.isDirectory(file)) {
      Files.createDirectories(to.getParent());
      Files.copy(file, to);
    }
  }

  /** The folder of the class path that a class is in; class loaders of tests do not tell. */
  private static Path placeOf(Class<?> type) {
    String file = type.getName().replace('.', '/') + ".class";
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(place -> Files.exists(place.resolve(file)))
        .findFirst()
        .orElseThrow();
  }
}
