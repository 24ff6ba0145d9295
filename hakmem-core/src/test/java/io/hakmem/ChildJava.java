// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java of its own for what would do harm to the one that runs the tests. */
final class ChildJava {

  private ChildJava() {}

  /** Runs a main class; what it printed. Fails if it ends with anything but 0. */
  static String run(List<String> options, Class<?> main, String... arguments) {
    return run(0, options, main, arguments);
  }

  /** As above, with at most this many KiB of address space; 0 for as much as it likes. */
  static String run(
      long addressSpaceKib, List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    if (addressSpaceKib > 0) {
      command.addAll(List.of("sh", "-c", "ulimit -v " + addressSpaceKib + "; exec \"$@\"", "sh"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dhakmem.os=" + System.getProperty("hakmem.os", "auto"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
      assertEquals(0, process.waitFor(), () -> command + " said: " + output);
      return output;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(command.toString(), e);
    }
  }
}
