// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import java.io.Console;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jline.utils.ShutdownHooks;

/** Samples on the terminal, the newest in the place of the one before. */
public final class TopTerminal {
  /*
   * On the terminal's other screen, so that the user's own is as it was afterwards. It is left in two
   * ways: by the loop's end, which q, Ctrl-C and the watched JVM bring about, and by the hook when this
   * JVM is told to end.
   */

  private static final long KEY_MILLIS = 100;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int CTRL_C = 3;
  private static final Size USUAL = Size.of(80, 24); // of a terminal that does not know its size

  private final Terminal terminal;
  private final Display display;
  private final long patienceNanos;
  private final TopScreen screen;
  private final AtomicBoolean onScreen = new AtomicBoolean(true);
  private final AtomicBoolean interrupted = new AtomicBoolean();

  private TopTerminal(Terminal terminal, TopScreen screen, Duration interval) {
    this.terminal = terminal;
    this.screen = screen;
    patienceNanos = interval.toNanos() + PATIENCE_NANOS;
    display = new Display(terminal, true);
  }

  /** Whether standard input and output are a terminal on which text can be replaced. */
  public static boolean isThere() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)
        && !"dumb".equals(System.getenv("TERM"));
  }

  /** Shows samples until the user has enough or no more come. */
  public static void show(Sampler sampler, JvmFacts facts, Duration interval) throws IOException {
    // JLine's tasks at the end of the process run in their order, and one of them closes the
    // terminal.
    AtomicReference<Runnable> atTheEnd = new AtomicReference<>(() -> {});
    ShutdownHooks.Task first =
        ShutdownHooks.add(() -> Objects.requireNonNull(atTheEnd.get()).run());
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      boolean unicode = terminal.encoding().name().startsWith("UTF");
      Look look = new Look(System.getenv("NO_COLOR") == null, unicode);
      new TopTerminal(terminal, new TopScreen(facts, interval, look), interval)
          .show(sampler, atTheEnd);
    } finally {
      ShutdownHooks.remove(first);
    }
  }

  private void show(Sampler sampler, AtomicReference<Runnable> atTheEnd) throws IOException {
    terminal.handle(Signal.INT, _ -> interrupted.set(true));
    Attributes before = terminal.enterRawMode();
    atTheEnd.set(() -> leave(before));
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    try {
      refresh(sampler);
    } finally {
      leave(before);
    }
  }

  private void refresh(Sampler sampler) throws IOException {
    Shown shown = new Shown(0, 0, USUAL);
    do {
      Sample sample = sampler.latest();
      if (sample != null) {
        Shown next = new Shown(sample.number(), silentSeconds(sample), size());
        if (!next.equals(shown)) {
          draw(sample, next, !next.size().equals(shown.size()) || shown.number() == 0);
          shown = next;
        }
      }
    } while (!sampler.isOver() && !wantsToLeave());
  }

  /** What decides how the screen looks. */
  private record Shown(int number, long silentSeconds, Size size) {}

  private void draw(Sample sample, Shown how, boolean anew) {
    Size size = how.size();
    if (anew) {
      display.resize(size);
      display.clear();
    }
    int columns = size.getColumns();
    display.update(screen.lines(sample, how.silentSeconds(), columns, size.getRows()), 0);
  }

  private long silentSeconds(Sample sample) {
    long silent = System.nanoTime() - sample.now().nanos() - patienceNanos;
    return silent < 0 ? 0 : TimeUnit.NANOSECONDS.toSeconds(silent + patienceNanos);
  }

  private Size size() {
    Size size = terminal.getSize();
    return size.getColumns() > 0 && size.getRows() > 0 ? size : USUAL;
  }

  private boolean wantsToLeave() throws IOException {
    int key = terminal.reader().read(KEY_MILLIS);
    return key == 'q'
        || key == 'Q'
        || key == CTRL_C
        || key == NonBlockingReader.EOF
        || interrupted.get();
  }

  private void leave(Attributes before) {
    if (onScreen.getAndSet(false)) {
      terminal.puts(Capability.cursor_normal);
      terminal.puts(Capability.exit_ca_mode);
      terminal.flush();
      terminal.setAttributes(before);
    }
  }
}
