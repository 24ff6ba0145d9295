// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.watch.WatchedProcess;
import io.hakmem.lab.watch.WatchedProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code hakmem top} on a terminal, into a pipe, and on what it cannot watch. */
class TopTest {
  private static final String OTHER_SCREEN = "\033[?1049h";
  private static final String OWN_SCREEN = "\033[?1049l";
  private static final String CURSOR_SHOWN = "\033[?25h";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private WatchedProcess program;

  @BeforeEach
  void start() throws IOException {
    program = WatchedProcess.start();
  }

  @AfterEach
  void stop() {
    program.close();
  }

  private PseudoTerminal terminal() throws IOException {
    return new PseudoTerminal(
        List.of(
            WatchedProcess.java(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "top",
            Long.toString(program.pid()),
            "--interval",
            "0.1"));
  }

  private static boolean isDrawn(List<String> screen) {
    return screen.getFirst().startsWith("hakmem top") && !screen.getLast().isEmpty();
  }

  @Test
  void screen_fillsTheTerminalAndFollowsTheProgram() throws Exception {
    try (PseudoTerminal terminal = terminal()) {
      List<String> screen = terminal.await(TopTest::isDrawn);
      String text = String.join("\n", screen);
      assertTrue(screen.getFirst().startsWith("hakmem top  " + program.pid() + " io.hakmem"), text);
      assertTrue(screen.getFirst().endsWith("every 0.1 s"), text);
      assertEquals(PseudoTerminal.COLUMNS, screen.getFirst().length(), text);
      for (String part :
          List.of("committed", "live", "requests", "hits", "OS calls", "resident", "block B")) {
        assertTrue(text.contains(part), () -> part + " is missing in\n" + text);
      }
      assertTrue(text.matches("(?s).*\n\\d+ superslabs, a cell \\d+ KiB: \u2588 <=1K.*"), text);
      assertTrue(text.contains("\u2588\u2588\u2588\u2588"), text);
      assertTrue(text.matches("(?s).*requests +0/s.*"), "it waits for its input: " + text);
      terminal.await(
          lines -> works() && String.join("\n", lines).matches("(?s).*requests +[1-9].*"));
      terminal.type("q");
      assertRestored(terminal.awaitOutput(), "status 0");
    }
  }

  @Test
  void hardenedProgram_showsWhatItKeepsBack() throws Exception {
    program.close();
    program =
        WatchedProcess.start(
            WatchedProgram.class, "-Dhakmem.hardening=full", "-Dhakmem.guards.sampleEvery=1000000");
    try (PseudoTerminal terminal = terminal()) {
      List<String> screen = terminal.await(TopTest::isDrawn);
      String text = String.join("\n", screen);
      assertTrue(text.matches("(?s).*kept back +quarantine [1-9].* guards [1-9].*"), text);
    }
  }

  /** Again at each look: a rate on the screen is that of the last interval alone. */
  private boolean works() {
    try {
      program.work();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void stoppedProgram_isShownToBeSilent() throws Exception {
    try (PseudoTerminal terminal = terminal()) {
      terminal.await(TopTest::isDrawn);
      signal("STOP");
      terminal.await(lines -> lines.getFirst().matches("hakmem top .* no answer for \\d+ s"));
      signal("CONT");
      terminal.await(lines -> lines.getFirst().endsWith("every 0.1 s"));
      signal("STOP");
      terminal.await(lines -> lines.getFirst().contains("no answer for"));
      terminal.type("q");
      assertRestored(terminal.awaitOutput(), "status 0");
    } finally {
      signal("CONT");
    }
  }

  private void signal(String name) throws Exception {
    String kill = "kill -" + name + " " + program.pid();
    assertEquals(0, new ProcessBuilder("sh", "-c", kill).start().waitFor());
  }

  @Test
  void interrupt_endsItAsWell() throws Exception {
    try (PseudoTerminal terminal = terminal()) {
      terminal.await(TopTest::isDrawn);
      terminal.type("\003");
      assertRestored(terminal.awaitOutput(), "status 0");
    }
  }

  @Test
  void termination_restoresTheTerminal() throws Exception {
    try (PseudoTerminal terminal = terminal()) {
      terminal.await(TopTest::isDrawn);
      assertTrue(terminal.java().destroy());
      assertRestored(terminal.awaitOutput(), "status 143");
    }
  }

  @Test
  void endOfTheProgram_isTheEnd() throws Exception {
    try (PseudoTerminal terminal = terminal()) {
      terminal.await(TopTest::isDrawn);
      program.end();
      assertRestored(terminal.awaitOutput(), "JVM " + program.pid() + " ended\r\nstatus 0");
    }
  }

  private static void assertRestored(String output, String last) {
    assertTrue(output.contains(OTHER_SCREEN), output);
    assertTrue(output.lastIndexOf(OWN_SCREEN) > output.lastIndexOf(OTHER_SCREEN), output);
    assertTrue(output.lastIndexOf(CURSOR_SHOWN) > output.lastIndexOf("\033[?25l"), output);
    assertTrue(output.endsWith(last + "\r\nas before\r\n"), output);
  }

  // ---- without a terminal

  @Test
  void count_printsThatManySamples() {
    assertEquals(Main.OK, execute("--count", "2", "--interval", "0.1"), err::toString);
    String text = out.toString();
    assertEquals(2, text.lines().filter(line -> line.startsWith("hakmem top")).count(), text);
    List<String> hundreds = text.lines().filter(line -> line.startsWith("    112 ")).toList();
    assertEquals(2, hundreds.size(), text);
    assertTrue(hundreds.getFirst().matches(" +112 +2 +[\\d.]+ KiB +1000 +17 .*"), text);
    assertTrue(text.matches("(?s).*requests +-/s.*requests +0/s.*"), "no rate at first: " + text);
    assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
    String map =
        text.lines().filter(line -> line.matches("[TtPpRrHh.-]+")).reduce("", String::concat);
    assertEquals(
        2 * 80, map.chars().filter(it -> it == 'H').count(), "5 MiB are 80 slices: " + text);
    assertFalse(text.contains("\033"), text);
  }

  @Test
  void endOfTheProgram_beforeTheLastSampleIsAFailure() {
    PrintWriter endsIt =
        new PrintWriter(out) {
          @Override
          public void flush() {
            try {
              program.end();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    String[] line = {"top", "" + program.pid(), "--count", "1000000", "--interval", "0.1"};
    int status = Main.commandLine().setOut(endsIt).setErr(new PrintWriter(err, true)).execute(line);
    assertEquals(Main.FAILED, status, err::toString);
    String pid = "JVM " + program.pid();
    assertTrue(
        err.toString().matches("hakmem: " + pid + " ended after \\d+ of 1000000 samples\n"),
        err::toString);
  }

  @Test
  void noTerminal_isSaid() {
    assertEquals(Main.BAD_USAGE, execute());
    assertEquals(
        "hakmem: this is no terminal; --count N prints N samples to anywhere\n", err.toString());
  }

  @Test
  void otherProcess_isToldFromAJvmAndLeftAlone() throws Exception {
    Process other = new ProcessBuilder("sleep", "600").start();
    try {
      int status = executeOn(other.pid(), "--count", "1");
      assertEquals(Main.BAD_USAGE, status);
      assertTrue(err.toString().contains("process " + other.pid() + " is no JVM"), err::toString);
      assertTrue(other.isAlive());
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void itself_isNotWatched() {
    assertEquals(Main.BAD_USAGE, executeOn(ProcessHandle.current().pid(), "--count", "1"));
    assertTrue(err.toString().contains("is this very command"), err::toString);
  }

  @Test
  void jvmThatLetsNobodyIn_isSaid() throws Exception {
    try (WatchedProcess closed =
        WatchedProcess.start(WatchedProgram.class, "-XX:+DisableAttachMechanism")) {
      assertEquals(Main.FAILED, executeOn(closed.pid(), "--count", "1"));
      assertTrue(
          err.toString().startsWith("hakmem: cannot attach to JVM " + closed.pid() + ": "),
          err::toString);
      assertEquals(1, err.toString().lines().count(), err::toString);
    }
  }

  private int execute(String... options) {
    return executeOn(program.pid(), options);
  }

  private int executeOn(long pid, String... options) {
    String[] line =
        Stream.concat(Stream.of("top", Long.toString(pid)), Stream.of(options))
            .toArray(String[]::new);
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err, true))
        .execute(line);
  }
}
