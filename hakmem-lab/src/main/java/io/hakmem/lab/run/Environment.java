// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a result was measured.
 *
 * @param cpu model name
 * @param cores processors that this JVM may use
 * @param kernel operating system and version
 * @param jdk runtime version
 * @param commit of the working tree that this program was built in, if it is one
 */
public record Environment(
    String cpu, int cores, String kernel, String jdk, Optional<String> commit) {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final String MODEL_NAME = "model name";

  /** The environment of this process. */
  public static Environment current() {
    return new Environment(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"),
        workingTreeCommit());
  }

  static String cpuModel() {
    String architecture = System.getProperty("os.arch");
    try {
      return Files.readAllLines(CPU_INFO).stream()
          .filter(line -> line.startsWith(MODEL_NAME))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(architecture); // aarch64 names no model
    } catch (IOException e) {
      return architecture;
    }
  }

  private static Optional<String> workingTreeCommit() {
    Optional<Path> folder = ProjectFolder.locate();
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<String> words =
          List.of(
              "git",
              "-C",
              folder.get().toString(),
              "describe",
              "--always",
              "--dirty",
              "--abbrev=40",
              "--exclude=*");
      String commit = new ChildProcess(Duration.ofSeconds(10)).output(new Command(words)).strip();
      return commit.isEmpty() ? Optional.empty() : Optional.of(commit);
    } catch (RunFailure e) {
      return Optional.empty(); // no git, or no repository
    }
  }
}
