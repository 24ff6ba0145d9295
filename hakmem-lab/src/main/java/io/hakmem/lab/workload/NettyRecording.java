// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import io.hakmem.record.TraceLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Makes a trace of the events that Netty 4.2 commits for its buffers. */
public final class NettyRecording {
  /*
   *   io.netty.AllocateBuffer     a buffer was allocated                        malloc, or the end of a realloc
   *   io.netty.ReallocateBuffer   a buffer of this address is to become larger  the begin of a realloc
   *   io.netty.FreeBuffer         a buffer is about to be freed                 free
   *
   * A reallocation is told by two events of one thread. Events come out of a recording in the order of
   * its buffers, so they are sorted by time. Threads keep numbers of their own as long as there are
   * enough; then those whose last event has passed leave theirs.
   */

  private static final String PREFIX = "io.netty.";
  private static final String ALLOCATE = PREFIX + "AllocateBuffer";
  private static final String REALLOCATE = PREFIX + "ReallocateBuffer";
  private static final String FREE = PREFIX + "FreeBuffer";

  /** How to record such events. */
  private static final String HOW =
      "start the program with -XX:StartFlightRecording:filename=F.jfr,+"
          + ALLOCATE
          + "#enabled=true,+"
          + REALLOCATE
          + "#enabled=true,+"
          + FREE
          + "#enabled=true";

  /** One event. */
  private record Call(long nanos, char kind, long thread, long address, int byteSize) {}

  /**
   * What was converted.
   *
   * @param calls in the trace
   * @param blocks most that were live at the same time
   * @param skipped events of buffers on the Java heap
   * @param ended why the trace ends before the recording; empty if it does not
   */
  public record Result(long calls, int blocks, int threads, long skipped, String ended) {}

  private final TraceLog log;
  private final Map<Long, Integer> numbers = new HashMap<>();
  private final Map<Long, Integer> moving = new HashMap<>();
  private final List<Integer> free = new ArrayList<>();
  private final Map<Long, Integer> lastEvents = new HashMap<>();

  private NettyRecording(TraceLog log) {
    this.log = log;
  }

  /** Reads a recording and writes a trace of at most so many bytes. */
  public static Result convert(Path recording, Path trace, long maxBytes) throws IOException {
    List<Call> calls = new ArrayList<>();
    long skipped = read(recording, calls);
    calls.sort(Comparator.comparingLong(Call::nanos));
    TraceLog log = new TraceLog(trace, maxBytes);
    try (log) {
      new NettyRecording(log).write(calls);
    }
    return new Result(log.events(), log.slotCount(), log.threadCount(), skipped, log.ended());
  }

  // ---- reading

  private static long read(Path recording, List<Call> calls) {
    long skipped = 0;
    Set<String> seen = new HashSet<>();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        String name = event.getEventType().getName();
        if (name.equals(ALLOCATE) || name.equals(REALLOCATE) || name.equals(FREE)) {
          seen.add(name);
          Call call = call(event, name);
          if (call.address == 0) {
            skipped += event.getBoolean("direct") ? 0 : 1;
            seen.add(event.getBoolean("direct") ? "direct" : "heap");
          } else {
            calls.add(call);
          }
        }
      }
    } catch (IOException e) {
      throw new UsageException(recording + " is no complete recording: " + e.getMessage());
    } catch (RuntimeException e) { // what the parser throws at damaged contents
      throw new UsageException(recording + " is no recording that can be read: " + e);
    }
    if (!seen.contains(ALLOCATE) || !seen.contains(FREE)) {
      throw new UsageException(
          recording + " has no " + (seen.contains(ALLOCATE) ? FREE : ALLOCATE) + ": " + HOW);
    }
    if (calls.isEmpty()) {
      throw new UsageException(
          recording
              + (seen.contains("direct")
                  ? " has no addresses of buffers: start the program with -Dio.netty.noUnsafe=false"
                  : " has buffers on the Java heap only"));
    }
    return skipped;
  }

  private static Call call(RecordedEvent event, String name) {
    long nanos = ChronoUnit.NANOS.between(Instant.EPOCH, event.getStartTime());
    long thread = event.getThread() == null ? 0 : event.getThread().getId();
    return new Call(
        nanos,
        name.charAt(PREFIX.length()),
        thread,
        event.getLong("address"),
        event.getInt("size"));
  }

  // ---- writing

  private void write(List<Call> calls) throws IOException {
    for (int i = 0; i < calls.size(); i++) {
      lastEvents.put(calls.get(i).thread, i);
    }
    for (int i = 0; i < calls.size() && log.ended().isEmpty(); i++) {
      Call call = calls.get(i);
      int number = numbers.computeIfAbsent(call.thread, key -> nextNumber());
      if (number == TraceLog.NONE) {
        log.end("more than " + TraceLog.MAX_THREADS + " threads at the same time");
      } else {
        write(call, number);
        if (lastEvents.getOrDefault(call.thread, i) == i) {
          free.addFirst(number);
        }
      }
    }
  }

  private int nextNumber() {
    if (numbers.size() < TraceLog.MAX_THREADS) {
      return numbers.size();
    }
    return free.isEmpty() ? TraceLog.NONE : free.removeLast();
  }

  private void write(Call call, int number) throws IOException {
    int slot = moving.getOrDefault(call.thread, TraceLog.NONE);
    moving.remove(call.thread);
    switch (call.kind) {
      case 'A' -> {
        if (slot == TraceLog.NONE) {
          log.allocated(number, call.address, call.byteSize, 1, false);
        } else {
          log.reallocated(number, slot, call.address, call.byteSize);
        }
      }
      case 'R' -> moving.put(call.thread, log.detach(call.address));
      default -> log.freed(number, call.address);
    }
  }
}
