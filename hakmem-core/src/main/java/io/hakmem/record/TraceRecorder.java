// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.record;

import io.hakmem.event.CallObserver;
import io.hakmem.memory.StackProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Writes the calls of all threads of this process into a trace. */
public final class TraceRecorder implements CallObserver {
  /*
   * One lock around the trace makes an order of the calls of all threads. It is taken inside no lock
   * of the allocator and outside of all of them.
   *
   * Where the Java heap or the stack has no room for a record, the recording is at its end, but that
   * may be no place to close a file in: the next call does, or whoever stops the recording.
   */

  private final Path file;
  private final TraceLog log;
  private final TraceThreads threads = new TraceThreads();
  private final Consumer<TraceRecorder> whenEnded;
  private boolean noRoom;
  private boolean closed;
  private boolean left;

  /**
   * Begins a trace in a file of at most so many bytes, in the place of one that is there.
   *
   * @param whenEnded told if the recording comes to an end before it is stopped, by a thread in the
   *     middle of a call; once more if that throws what the virtual machine does
   */
  public TraceRecorder(Path file, long maxBytes, Consumer<TraceRecorder> whenEnded)
      throws IOException {
    this.file = file;
    this.whenEnded = whenEnded;
    log = new TraceLog(file, maxBytes);
  }

  /** Something that is recorded. */
  private interface Entry {
    void write(int thread) throws IOException;
  }

  @Override
  public synchronized void allocated(long address, long byteSize, long alignment, boolean zeroed) {
    try {
      if (isOpen()) {
        write(thread -> log.allocated(thread, address, byteSize, alignment, zeroed));
      }
    } catch (VirtualMachineError e) {
      noRoom = true;
    }
  }

  @Override
  public synchronized void freeing(long address) {
    try {
      if (isOpen()) {
        write(thread -> log.freed(thread, address));
      }
    } catch (VirtualMachineError e) {
      noRoom = true;
    }
  }

  @Override
  public synchronized long reallocating(long address) {
    try {
      return isOpen() ? log.detach(address) : UNKNOWN;
    } catch (VirtualMachineError e) {
      noRoom = true;
      return UNKNOWN;
    }
  }

  @Override
  public synchronized void reallocated(long token, long address, long byteSize) {
    try {
      int slot = token == UNKNOWN ? TraceLog.NONE : (int) token;
      if (!isOpen()) {
        return;
      }
      if (byteSize != FAILED) {
        write(thread -> log.reallocated(thread, slot, address, byteSize));
      } else if (slot != TraceLog.NONE) {
        write(thread -> log.attach(thread, slot, address));
      }
    } catch (VirtualMachineError e) {
      noRoom = true;
    }
  }

  @Override
  public void belongsTo(Object arena, long address) {
    // An arena's blocks are recorded like all others.
  }

  private boolean isOpen() {
    if (noRoom) {
      log.end("the Java heap or a stack had no room for a record");
    }
    if (!left && !log.ended().isEmpty()) {
      endEarly();
    }
    return !left;
  }

  private void write(Entry each) {
    int thread = threads.current();
    if (thread == TraceThreads.NONE) {
      log.end("more than " + TraceLog.MAX_THREADS + " threads live at the same time");
    } else {
      try {
        each.write(thread);
      } catch (IOException e) {
        log.end(cannotWrite(e));
      }
    }
    if (!log.ended().isEmpty()) {
      endEarly();
    }
  }

  private void endEarly() {
    StackProbe.operation();
    close();
    whenEnded.accept(this);
    left = true;
  }

  /**
   * Ends the recording and makes the file a trace; false if it had ended by itself, and who was to
   * be told of that has been.
   */
  public synchronized boolean stop() {
    boolean stopped = !left;
    close();
    left = true;
    return stopped;
  }

  private void close() {
    if (closed) {
      return;
    }
    try {
      log.close();
    } catch (IOException e) {
      log.end(cannotWrite(e));
    }
    closed = true;
  }

  private String cannotWrite(IOException e) {
    return "cannot write " + file + ": " + e.getMessage();
  }

  public Path file() {
    return file;
  }

  /** Why it ended before it was stopped; empty if it did not. */
  public synchronized String ended() {
    return log.ended();
  }

  /** Calls in the file, once the recording ended. */
  public synchronized long events() {
    return log.events();
  }

  /** Slots in the file, once the recording ended. */
  public synchronized int slotCount() {
    return log.slotCount();
  }

  /** Threads in the file, once the recording ended. */
  public synchronized int threadCount() {
    return log.threadCount();
  }
}
