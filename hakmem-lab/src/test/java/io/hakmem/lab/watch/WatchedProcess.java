// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own that runs {@link WatchedProgram}, or another main class. */
public final class WatchedProcess implements AutoCloseable {
  private final Process process;

  private WatchedProcess(Process process) {
    this.process = process;
  }

  /** Starts the program and waits until it is ready. */
  public static WatchedProcess start() throws IOException {
    return start(WatchedProgram.class);
  }

  /** Starts a main class and waits until it says that it is ready. */
  public static WatchedProcess start(Class<?> main, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(List.of(options));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertEquals("ready", process.inputReader(StandardCharsets.UTF_8).readLine());
    return new WatchedProcess(process);
  }

  /** The command that starts this JVM's Java. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Its process. */
  public long pid() {
    return process.pid();
  }

  /** Makes it allocate and free something. */
  public void work() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** Makes it end by itself. */
  public void end() throws IOException {
    process.getOutputStream().close();
  }

  /** Waits for its end. */
  public void awaitEnd() throws InterruptedException {
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
