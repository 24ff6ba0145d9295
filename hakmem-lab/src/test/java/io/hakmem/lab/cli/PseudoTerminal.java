// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jline.utils.ScreenTerminal;

/**
 * A command on a terminal of 80 columns and 24 lines: {@code script}, which Debian always has,
 * makes the pseudo-terminal, an emulator shows what a user would see. After the command the
 * terminal says its status, and whether its settings are as they were before.
 */
final class PseudoTerminal implements AutoCloseable {
  static final int COLUMNS = 80;
  static final int LINES = 24;
  private static final long DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long POLL_MILLIS = 20;

  private final Process script;
  private final Thread reader;

  // Guarded by this.
  private final ScreenTerminal screen = new ScreenTerminal(COLUMNS, LINES);
  private final StringBuilder output = new StringBuilder();
  private boolean over;

  PseudoTerminal(List<String> command) throws IOException {
    String quoted = command.stream().map(it -> "'" + it + "'").collect(Collectors.joining(" "));
    // The trap is for Ctrl-C, which the shell gets as well.
    String line =
        "trap : INT; stty cols %d rows %d; before=$(stty -g); ".formatted(COLUMNS, LINES)
            + quoted
            + "; echo status $?; test $before = $(stty -g) && echo as before";
    ProcessBuilder builder = new ProcessBuilder("script", "-q", "-c", line, "/dev/null");
    builder.environment().put("TERM", "xterm-256color");
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("SHELL", "/bin/sh");
    builder.environment().remove("NO_COLOR");
    script = builder.redirectErrorStream(true).start();
    reader = Thread.ofPlatform().daemon().start(this::read);
  }

  private void read() {
    try (BufferedReader in = script.inputReader(StandardCharsets.UTF_8)) {
      char[] buffer = new char[8192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        add(new String(buffer, 0, count));
      }
    } catch (IOException closed) { // as at the end
    } finally {
      end();
    }
  }

  private synchronized void add(String text) {
    output.append(text);
    screen.write(text);
    notifyAll();
  }

  private synchronized void end() {
    over = true;
    notifyAll();
  }

  /** Presses keys. */
  void type(String keys) throws IOException {
    script.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
    script.getOutputStream().flush();
  }

  /** The Java that runs on the terminal. */
  ProcessHandle java() {
    return script
        .descendants()
        .filter(it -> it.info().command().orElse("").endsWith("/java"))
        .findFirst()
        .orElseThrow();
  }

  /** Waits for a screen, line by line without spaces at their ends. */
  synchronized List<String> await(Predicate<List<String>> wanted) throws InterruptedException {
    long start = System.nanoTime();
    while (!wanted.test(lines())) {
      if (over || System.nanoTime() - start > DEADLINE_NANOS) {
        throw new AssertionError("the screen at last: " + String.join("\n", lines()));
      }
      wait(POLL_MILLIS);
    }
    return lines();
  }

  /** All that was written, once the terminal is closed. */
  String awaitOutput() throws InterruptedException {
    reader.join();
    return output.toString();
  }

  private List<String> lines() {
    long[] cells = new long[COLUMNS * LINES];
    screen.dump(cells, new int[2]);
    List<String> lines = new ArrayList<>();
    for (int from = 0; from < cells.length; from += COLUMNS) {
      StringBuilder line = new StringBuilder();
      for (int i = from; i < from + COLUMNS; i++) {
        line.appendCodePoint(Math.max(ScreenTerminal.cellCodePoint(cells[i]), ' '));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  @Override
  public void close() {
    script.descendants().forEach(ProcessHandle::destroyForcibly);
    script.destroyForcibly();
  }
}
