// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.run.Campaign;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/** One line on a terminal that says how far the runs are; nothing in a pipe. */
final class ProgressLine implements Campaign.Progress {
  private static final String CLEAR = "\r\u001b[K";

  private static final int BAR = 20;

  private final PrintWriter err;
  private final boolean terminal;
  private String belongsTo = "";

  ProgressLine(PrintWriter err) {
    this.err = err;
    terminal = onTerminal();
  }

  /** Whether somebody watches. */
  static boolean onTerminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  /** What the runs to come belong to. */
  void begin(String what) {
    belongsTo = what + ", ";
  }

  @Override
  public void next(int run, int runs, String subject, String mode) {
    if (terminal) {
      err.print(CLEAR + text(belongsTo, run, runs, subject + ", " + mode));
      err.flush();
    }
  }

  /** A bar of what is done before this run, then words. */
  static String text(String belongsTo, int run, int runs, String what) {
    int done = BAR * (run - 1) / Math.max(1, runs);
    return "["
        + "#".repeat(done)
        + ".".repeat(BAR - done)
        + "] "
        + belongsTo
        + "run "
        + run
        + " of "
        + runs
        + ": "
        + what;
  }

  void clear() {
    if (terminal) {
      err.print(CLEAR);
      err.flush();
    }
  }
}
