// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.HakmemRecording;
import io.hakmem.lab.subject.HakmemSubject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded of a replay is the trace that was replayed. */
class RecordedReplayTest {
  private static final int THREADS = 4;
  private static final int SLOTS = 50;
  private static final int EVENTS = 20_000;

  @TempDir Path folder;

  @Test
  void recordedProgram_comesBackEventByEvent() throws IOException {
    Path file = Path.of("").toAbsolutePath().resolveSibling("traces").resolve("sqlite.trace.gz");
    assertComesBack(file, 858_692);
  }

  @Test
  void everyOperation_comesBack() throws IOException {
    assertComesBack(TraceFiles.sample().write(folder), 6);
  }

  private void assertComesBack(Path file, int events) throws IOException {
    Trace expected = TraceReader.read(file);
    Trace actual = record(TraceReplay.ofRecorded(file, folder.resolve("packed")));
    assertArrayEquals(expected.events(), Arrays.copyOf(actual.events(), events));
    assertArrayEquals(expected.extras(), Arrays.copyOf(actual.extras(), events));
    assertEquals(expected.slotCount(), actual.slotCount());
    assertEquals(1, actual.threadCount());
    int slot = -1;
    for (int n = events; n < actual.events().length; n++) { // what the program had left
      assertEquals(Trace.FREE, Trace.op(actual.events()[n]));
      assertEquals(true, Trace.slot(actual.events()[n]) > slot, "in the order of the slots");
      slot = Trace.slot(actual.events()[n]);
    }
  }

  private Trace record(Workload replay) throws IOException {
    Path file = folder.resolve("recorded.trace.gz");
    HakmemRecording.start(file, 1 << 28);
    try {
      replay.pass(HakmemSubject::new);
    } finally {
      assertEquals("", HakmemRecording.stop().ended());
    }
    return TraceReader.read(file);
  }

  @Test
  void threads_keepWhatTheyDidAndItsOrder() throws IOException {
    TraceFiles trace = new TraceFiles(SLOTS);
    boolean[] live = new boolean[SLOTS];
    Random random = new Random(42);
    for (int n = 0; n < EVENTS; n++) {
      int slot = random.nextInt(SLOTS);
      int op = !live[slot] ? Trace.ALLOCATE : random.nextBoolean() ? Trace.FREE : Trace.REALLOCATE;
      trace.event(random.nextInt(THREADS), op, slot, op == Trace.FREE ? 0 : n + 1, 0);
      live[slot] = op != Trace.FREE;
    }
    Path file = trace.write(folder);
    Trace recorded = record(ThreadedReplay.ofRecorded(file, folder.resolve("packed")));
    Map<Integer, List<String>> expected = byThread(TraceReader.read(file));
    Map<Integer, List<String>> actual = byThread(recorded);
    assertEquals(THREADS, expected.size());
    List<List<String>> afterwards = new ArrayList<>(actual.values());
    afterwards.removeAll(new HashSet<>(expected.values()));
    assertEquals(1, afterwards.size(), "the thread that frees what is left at the end");
    assertEquals(new HashSet<>(expected.values()), new HashSet<>(without(actual, afterwards)));
  }

  private static List<List<String>> without(
      Map<Integer, List<String>> all, List<List<String>> some) {
    List<List<String>> rest = new ArrayList<>(all.values());
    rest.removeAll(some);
    return rest;
  }

  /** Sizes are unique, so the size that a block had names it, whatever its slot. */
  private static Map<Integer, List<String>> byThread(Trace trace) {
    Map<Integer, List<String>> calls = new HashMap<>();
    long[] sizes = new long[trace.slotCount()];
    for (int n = 0; n < trace.events().length; n++) {
      long event = trace.events()[n];
      String call = Trace.op(event) + ": " + sizes[Trace.slot(event)] + " -> " + Trace.size(event);
      calls.computeIfAbsent(trace.thread(n), key -> new ArrayList<>()).add(call);
      sizes[Trace.slot(event)] = Trace.size(event);
    }
    return calls;
  }
}
