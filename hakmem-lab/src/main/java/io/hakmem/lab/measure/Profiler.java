// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import one.profiler.AsyncProfiler;

/** Samples the stacks of this process; one at a time. */
public final class Profiler {
  /*
   * The clock of perf events is asked for by name: asked for "cpu", the profiler would take a timer
   * without kernel frames where perf events are refused, and not say so.
   */

  /** Samples by perf events, kernel frames included. */
  public static final String PERF_EVENTS = "cpu-clock";

  /** Samples by a timer of each thread; no kernel frames. */
  public static final String TIMER = "ctimer";

  /** 999 samples a second of processor time. */
  public static final long INTERVAL_NANOS = 1_001_001;

  private final AsyncProfiler profiler;
  private final String engine;

  private Profiler(AsyncProfiler profiler, String engine) {
    this.profiler = profiler;
    this.engine = engine;
  }

  /**
   * Begins to sample.
   *
   * @throws IllegalStateException if this system lets nobody sample; the message says why
   */
  public static Profiler start() {
    AsyncProfiler profiler = load();
    try {
      return start(profiler, PERF_EVENTS);
    } catch (IOException | IllegalStateException e) {
      try {
        return start(profiler, TIMER);
      } catch (IOException timer) {
        throw new IllegalStateException("the profiler cannot start: " + timer.getMessage(), timer);
      }
    }
  }

  private static AsyncProfiler load() {
    try {
      return AsyncProfiler.getInstance();
    } catch (IllegalStateException | UnsupportedOperationException | UnsatisfiedLinkError e) {
      throw new IllegalStateException(
          "async-profiler cannot be loaded, it knows Linux on x86-64 and aarch64, and macOS: "
              + e.getMessage(),
          e);
    }
  }

  private static Profiler start(AsyncProfiler profiler, String engine) throws IOException {
    Profiler started = new Profiler(profiler, engine);
    started.profiler.execute(
        "start,event=" + engine + ",interval=" + INTERVAL_NANOS + "ns,cstack=vm");
    return started;
  }

  public String engine() {
    return engine;
  }

  public String version() {
    return profiler.getVersion();
  }

  /** Samples taken so far. */
  public long samples() {
    return profiler.getSamples();
  }

  public void stop() {
    profiler.stop();
  }

  /** A line for each stack, root first, frames marked by where they ran, then a count. */
  public String collapsed() throws IOException {
    return profiler.execute("collapsed,ann,norm,dot");
  }

  /** Writes the flame graph as one file of HTML. */
  public void writeFlameGraph(Path file, String title) throws IOException {
    Files.writeString(file, profiler.execute("flamegraph,ann,norm,title=" + title));
  }
}
