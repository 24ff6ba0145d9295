// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.event.Calls;
import io.hakmem.front.Watch;
import io.hakmem.record.TraceRecorder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Records the program's calls as a trace, which {@code ./hakmem replay}, {@code ab} and {@code
 * tune} run again: sizes, order and threads, no contents.
 *
 * <p>All calls take the slow ways of the allocator meanwhile, one after the other. A block that was
 * there before the recording began is in it from its first reallocation on, if there is one. Of
 * arenas and heaps, the blocks are recorded that they cut what they hand out from. Virtual threads
 * share as many threads of the trace as there are processors.
 *
 * <p>A recording ends by itself, with one line on standard error, when the file has as many bytes
 * as it may, more than 256 threads live at the same time, a block has more than 4 GiB - 1, there
 * were 150 million calls, the file cannot be written, or the Java heap has no room for the blocks'
 * addresses (24 to 52 bytes a live block).
 */
public final class HakmemRecording {

  /**
   * What was recorded.
   *
   * @param file the trace
   * @param calls how many calls are in it
   * @param blocks most blocks that were live at the same time
   * @param threads threads in it
   * @param ended why the recording ended before it was stopped; empty if it did not
   */
  public record Result(String file, long calls, int blocks, int threads, String ended) {}

  private static final Object LOCK = new Object();

  private static @Nullable TraceRecorder recorder;
  private static @Nullable Thread atExit;

  private HakmemRecording() {}

  /**
   * Begins to record. What is recorded when the JVM ends is a trace as well.
   *
   * @param file the trace to write; one that is there is replaced
   * @param maxBytes most bytes of the file
   * @throws IOException if the file cannot be written
   * @throws IllegalStateException if a recording runs, or one that ended by itself was not stopped
   */
  public static void start(Path file, long maxBytes) throws IOException {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("the file may have " + maxBytes + " bytes: too few");
    }
    Startup.allocator();
    begin(file, maxBytes);
  }

  /** Begins what the knob asks for, while the allocator is made; it works in any case. */
  static void beginOwn(long maxBytes) {
    Path file = Path.of("hakmem-" + ProcessHandle.current().pid() + ".trace.gz");
    try {
      begin(file, maxBytes);
    } catch (IOException e) {
      System.err.println(
          "hakmem: hakmem.recordBytes: cannot write " + file + ": " + e.getMessage());
    }
  }

  private static void begin(Path file, long maxBytes) throws IOException {
    synchronized (LOCK) {
      TraceRecorder running = recorder;
      if (running != null) {
        throw new IllegalStateException("a recording runs already, into " + running.file());
      }
      Thread closing = new Thread(HakmemRecording::finish, "hakmem-recording");
      Runtime.getRuntime().addShutdownHook(closing);
      try {
        recorder =
            new TraceRecorder(file.toAbsolutePath(), maxBytes, HakmemRecording::endedByItself);
        atExit = closing;
      } finally {
        if (atExit == null) {
          Runtime.getRuntime().removeShutdownHook(closing);
        }
      }
      Calls.add(recorder);
      Watch.begin();
    }
  }

  private static void endedByItself(TraceRecorder ended) {
    System.err.println("hakmem: recording stopped: " + ended.ended());
    Calls.remove(ended);
    Watch.end(); // last, for nothing of this may be done twice after an error but what is above
  }

  /** Whether calls are recorded. */
  public static boolean isRunning() {
    synchronized (LOCK) {
      return recorder != null && recorder.ended().isEmpty();
    }
  }

  /**
   * Ends the recording, if it did not end by itself; what is in the file.
   *
   * @throws IllegalStateException if there is none
   */
  public static Result stop() {
    synchronized (LOCK) {
      TraceRecorder last = recorder;
      if (last == null) {
        throw new IllegalStateException("no recording runs");
      }
      Result result = end(last);
      Thread closing = atExit;
      atExit = null;
      try {
        boolean ignored = closing != null && Runtime.getRuntime().removeShutdownHook(closing);
      } catch (IllegalStateException theJvmEnds) { // the hook finds nothing left to do
      }
      return result;
    }
  }

  private static void finish() {
    synchronized (LOCK) {
      TraceRecorder last = recorder;
      if (last != null) {
        Result ignored = end(last);
      }
    }
  }

  private static Result end(TraceRecorder last) {
    recorder = null;
    if (last.stop()) {
      Calls.remove(last);
      Watch.end();
    }
    return new Result(
        last.file().toString(), last.events(), last.slotCount(), last.threadCount(), last.ended());
  }
}
