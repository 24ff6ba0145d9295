// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.control.Allocator;
import io.hakmem.event.Events;
import io.hakmem.verify.HeapVerifier;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recordings say about scenarios, read back from their files. */
final class JfrTest {

  private static final long MIB = 1 << 20;

  private static final HakmemConfig KNOWN =
      HakmemConfig.DEFAULT
          .withRegionBytes(1L << 30)
          .withPurgeDelayMillis(-1)
          .withTinyRefillCountHot(16)
          .withTinySllDrainInterval(1 << 30);

  @TempDir Path folder = Path.of("."); // JUnit sets it

  private String file() {
    return folder.resolve("recording.jfr").toString();
  }

  private static Recording record() {
    Recording recording = new Recording();
    for (String name : List.of("SuperslabTaken", "SuperslabReturned", "Purge", "LargeBlockFreed")) {
      recording.enable("io.hakmem." + name).withoutStackTrace();
    }
    for (String name : List.of("LimitReached", "LargeBlockAllocated")) {
      recording.enable("io.hakmem." + name).withStackTrace();
    }
    for (String name : List.of("Memory", "CacheActivity", "SizeClassActivity")) {
      recording.enable("io.hakmem." + name).with("period", "endChunk");
    }
    recording.start();
    return recording;
  }

  private static List<RecordedEvent> finish(Recording recording, String file) {
    try (recording) {
      recording.stop();
      recording.dump(Path.of(file));
      return read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In the order in which they happened: that in the file is of the recorder's buffers. */
  private static List<RecordedEvent> read(String file) {
    try {
      return RecordingFile.readAllEvents(Path.of(file)).stream()
          .sorted(Comparator.comparing(RecordedEvent::getStartTime))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(each -> each.getEventType().getName().equals("io.hakmem." + name))
        .toList();
  }

  private static RecordedEvent single(List<RecordedEvent> events, String name) {
    List<RecordedEvent> found = named(events, name);
    assertEquals(1, found.size(), () -> name + ": " + found);
    return found.getFirst();
  }

  private static String frames(RecordedEvent event) {
    return event.getStackTrace().getFrames().stream()
        .map(RecordedFrame::getMethod)
        .map(method -> method.getType().getName() + "." + method.getName())
        .collect(Collectors.joining(" "));
  }

  @Test
  void largeBlocks_areRecordedWithAddressSizeAndStack() {
    FreshAllocator.run(LargeBlocks.class, file());
  }

  /** A run, a huge block, and one that moves. */
  static final class LargeBlocks implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(KNOWN);
      HakmemMonitoring.start();
      Recording recording = record();
      long run = Hakmem.allocate(100_000);
      long huge = Hakmem.allocate(3 * MIB);
      long next = Hakmem.allocate(3 * MIB);
      long moved = Hakmem.reallocate(huge, 100 * MIB);
      Hakmem.free(run);
      Hakmem.free(moved);
      Hakmem.free(next);
      Hakmem.free(Hakmem.allocate(1000));
      List<RecordedEvent> events = finish(recording, file);
      HakmemMonitoring.stop();
      List<RecordedEvent> allocated = named(events, "LargeBlockAllocated");
      assertEquals(
          List.of(100_000L, 3 * MIB, 3 * MIB, 100 * MIB),
          allocated.stream().map(each -> each.getLong("size")).toList());
      assertEquals(
          List.of(run, huge, next, moved),
          allocated.stream().map(each -> each.getLong("address")).toList());
      assertTrue(frames(allocated.getFirst()).contains("JfrTest$LargeBlocks.apply"));
      List<RecordedEvent> freed = named(events, "LargeBlockFreed");
      assertEquals(
          List.of(huge, run, moved, next),
          freed.stream().map(each -> each.getLong("address")).toList());
      assertEquals(
          List.of(3 * MIB, 102_400L, 100 * MIB, 3 * MIB),
          freed.stream().map(each -> each.getLong("size")).toList());
      return file;
    }
  }

  @Test
  void superslabs_areTakenAndReturnedInTurns() {
    FreshAllocator.run(SuperslabsInTurns.class, file());
  }

  /** Slabs, runs and huge blocks, freed and purged several times. */
  static final class SuperslabsInTurns implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(KNOWN);
      HakmemMonitoring.start();
      Recording recording = record();
      for (int round = 0; round < 3; round++) {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
          blocks.add(Hakmem.allocate(10_000));
        }
        blocks.add(Hakmem.allocate(5 * MIB));
        blocks.add(Hakmem.allocate(500_000));
        blocks.forEach(Hakmem::free);
        Hakmem.purge();
        Hakmem.purge();
        HeapVerifier.verify();
      }
      List<RecordedEvent> events = finish(recording, file);
      HakmemMonitoring.stop();
      Set<Long> taken = new HashSet<>();
      int whole = 0;
      int sliced = 0;
      for (RecordedEvent each : events) {
        String name = each.getEventType().getName();
        if (name.equals("io.hakmem.SuperslabTaken")) {
          assertTrue(taken.add(each.getLong("address")), "taken twice: " + each);
          assertEquals(0, each.getLong("address") % (2 * MIB));
          whole += each.getBoolean("whole") ? 1 : 0;
          sliced += each.getBoolean("whole") ? 0 : 1;
        } else if (name.equals("io.hakmem.SuperslabReturned")) {
          assertTrue(taken.remove(each.getLong("address")), "returned, not taken: " + each);
        }
      }
      assertEquals(Set.of(), taken, "everything was freed and purged");
      assertTrue(whole >= 3 * 4, "whole: " + whole);
      assertTrue(sliced >= 3 * 5, "for slabs: " + sliced);
      List<RecordedEvent> purges = named(events, "Purge");
      assertEquals(6, purges.size());
      assertTrue(purges.stream().allMatch(each -> each.getBoolean("onDemand")));
      assertTrue(purges.getFirst().getLong("bytes") > MIB, purges.toString());
      assertTrue(purges.getFirst().getDuration("timeTaken").toNanos() > 0);
      return file;
    }
  }

  @Test
  void purgesInTheBackground_areRecorded() {
    FreshAllocator.run(InTheBackground.class, file());
  }

  /** Until what was freed is gone. */
  static final class InTheBackground implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(KNOWN.withPurgeDelayMillis(1));
      HakmemMonitoring.start();
      Recording recording = record();
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        blocks.add(Hakmem.allocate(10_000));
      }
      long most = Hakmem.stats().committedBytes();
      blocks.forEach(Hakmem::free);
      Eventually.isTrue(
          () -> Hakmem.stats().committedBytes() < most - 8 * MIB, () -> "nothing goes back");
      Objects.requireNonNull(Allocator.current()).withoutPurge(() -> {}); // the step told by now
      List<RecordedEvent> purges = named(finish(recording, file), "Purge");
      HakmemMonitoring.stop();
      assertFalse(purges.isEmpty());
      assertTrue(purges.stream().noneMatch(each -> each.getBoolean("onDemand")));
      assertTrue(purges.stream().allMatch(each -> each.getLong("bytes") > 0));
      return purges.size() + "";
    }
  }

  @Test
  void limit_isRecordedWhetherThePurgeHelpsOrNot() {
    FreshAllocator.run(Limited.class, file());
  }

  /** Memory cached for small blocks first, then nothing at all. */
  static final class Limited implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(KNOWN.withLimitBytes(8 * MIB));
      HakmemMonitoring.start();
      Recording recording = record();
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        blocks.add(Hakmem.allocate(10_000));
      }
      blocks.forEach(Hakmem::free);
      long served = Hakmem.allocate(6 * MIB);
      assertEquals(0, Hakmem.tryAllocate(7 * MIB));
      Hakmem.free(served);
      List<RecordedEvent> reached = named(finish(recording, file), "LimitReached");
      HakmemMonitoring.stop();
      assertEquals(
          List.of(true, false), reached.stream().map(each -> each.getBoolean("served")).toList());
      assertEquals(
          List.of(6 * MIB, 7 * MIB),
          reached.stream().map(each -> each.getLong("requested")).toList());
      assertTrue(reached.stream().allMatch(each -> each.getLong("limit") == 8 * MIB));
      assertTrue(reached.stream().allMatch(each -> each.getLong("charged") > 6 * MIB));
      assertTrue(frames(reached.getLast()).contains("JfrTest$Limited.apply"));
      return file;
    }
  }

  @Test
  void summaries_areOfTheirPeriod() {
    FreshAllocator.run(Summaries.class, file());
  }

  /** What StatsTest counts, with more before the recording and between two of them. */
  static final class Summaries implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(KNOWN);
      for (int i = 0; i < 1000; i++) {
        Hakmem.allocate(200);
      }
      HakmemMonitoring.start();
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 500; i++) {
          Hakmem.allocate(200);
        }
        long live = Hakmem.stats().allocatedBytes();
        long missesBefore = Hakmem.stats().misses();
        Recording recording = record();
        for (int i = 0; i < 100; i++) {
          Hakmem.allocate(60);
        }
        List<RecordedEvent> events = finish(recording, file);
        HakmemStats stats = Hakmem.stats();
        RecordedEvent memory = single(events, "Memory");
        assertEquals(live + 6400, memory.getLong("allocated"));
        assertEquals(stats.committedBytes(), memory.getLong("committed"));
        assertEquals(stats.cachedBytes(), memory.getLong("cached"));
        assertEquals(Long.MAX_VALUE, memory.getLong("limit"));
        long misses = stats.misses() - missesBefore;
        RecordedEvent caches = single(events, "CacheActivity");
        assertEquals(misses, caches.getLong("misses"));
        assertEquals(100 - misses, caches.getLong("hits"));
        assertEquals(misses, caches.getLong("refills"));
        RecordedEvent ofClass = single(events, "SizeClassActivity");
        assertEquals(64, ofClass.getInt("blockSize"));
        assertEquals(misses, ofClass.getLong("misses"));
        assertEquals(100 - misses, ofClass.getLong("hits"));
        assertEquals(100L * (round + 1), ofClass.getLong("liveBlocks"));
        assertEquals(1, ofClass.getInt("slabs"));
        assertTrue(misses > 0);
      }
      HakmemMonitoring.stop();
      return file;
    }
  }

  @Test
  void withoutARecording_nobodyLooksOn() {
    FreshAllocator.run(Nobody.class, "");
  }

  /** Before, between, after recordings, and after the program had enough of it. */
  static final class Nobody implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(KNOWN);
      Hakmem.free(Hakmem.allocate(1));
      assertNull(Events.observer());
      HakmemMonitoring.start();
      HakmemMonitoring.start();
      for (int i = 0; i < 2; i++) {
        assertNull(Events.observer(), "no recording");
        try (Recording outer = new Recording()) {
          outer.start();
          try (Recording inner = new Recording()) {
            inner.start();
          }
          assertNotNull(Events.observer(), "one of two recordings still runs");
        }
      }
      assertNull(Events.observer(), "no recording any more");
      try (Recording recording = new Recording()) {
        recording.start();
        assertNotNull(Events.observer());
        HakmemMonitoring.stop();
        assertNull(Events.observer(), "stopped");
      }
      try (Recording recording = new Recording()) {
        recording.start();
        assertNull(Events.observer(), "stopped");
        HakmemMonitoring.start();
        assertNotNull(Events.observer(), "joins what runs");
      }
      HakmemMonitoring.stop();
      return argument;
    }
  }

  @Test
  void settingsFile_hasEveryEvent() {
    FreshAllocator.run(Settings.class, file());
  }

  /** The resource in the jar against the types that there are. */
  static final class Settings implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(KNOWN);
      HakmemMonitoring.start();
      try (Reader text =
              new InputStreamReader(
                  Objects.requireNonNull(Hakmem.class.getResourceAsStream("hakmem.jfc")),
                  StandardCharsets.UTF_8);
          Recording recording = new Recording(Configuration.create(text))) {
        Set<String> set = new TreeSet<>();
        recording.getSettings().keySet().forEach(key -> set.add(key.replaceFirst("#.*", "")));
        recording.start();
        long address = Hakmem.allocate(100_000);
        Hakmem.free(address);
        Set<String> known =
            FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .filter(name -> name.startsWith("io.hakmem."))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, set);
        List<RecordedEvent> events = finish(recording, file);
        RecordedEvent allocated = single(events, "LargeBlockAllocated");
        assertEquals(address, allocated.getLong("address"));
        assertNotNull(allocated.getStackTrace());
        single(events, "LargeBlockFreed");
        assertTrue(events.stream().allMatch(e -> e.getEventType().getName().startsWith("io.hak")));
      } catch (IOException | ParseException e) {
        throw new AssertionError(e);
      }
      HakmemMonitoring.stop();
      return file;
    }
  }

  @Test
  void recordingFromTheStartOfJava_hasTheFirstSuperslab() {
    ChildJava.run(List.of("-XX:StartFlightRecording:filename=" + file()), Program.class);
    List<RecordedEvent> events = read(file());
    assertFalse(named(events, "SuperslabTaken").isEmpty());
    assertFalse(named(events, "SuperslabReturned").isEmpty());
    assertFalse(named(events, "Purge").isEmpty());
    assertTrue(named(events, "LargeBlockAllocated").isEmpty(), "off by default");
  }

  @Test
  void javaWithoutFlightRecorderAndManagement_works() {
    assertEquals("done", ChildJava.run(List.of("--limit-modules=java.base"), Program.class));
  }

  /** A program that allocates a little. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Hakmem.free(Hakmem.allocate(60));
      Hakmem.free(Hakmem.allocate(5 << 20));
      Hakmem.purge();
      System.out.println("done");
    }
  }
}
