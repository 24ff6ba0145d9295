// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.front.FrontCaches;
import io.hakmem.record.GivenTrace;
import io.hakmem.verify.HeapVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.management.JMX;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every call of the program is in the trace, once, whatever way it takes. */
final class RecordingTest {

  @TempDir Path folder = Path.of("."); // JUnit sets it

  @Test
  void everyKindOfCall_isInTheTrace() {
    FreshAllocator.run(Calls.class, folder.resolve("calls.trace.gz").toString());
  }

  /** Each call once; the trace is known to the last number. */
  static final class Calls implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      HakmemHandle handle = Hakmem.handle();
      final long before = handle.allocate(500);
      final long other = Hakmem.allocate(600);
      start(file);
      assertThrows(IllegalStateException.class, () -> start(file));
      calls(handle);
      Hakmem.free(before);
      long known = Hakmem.reallocate(other, 700);
      InThread.run(() -> Hakmem.free(known));
      HakmemRecording.Result result = HakmemRecording.stop();
      assertNotSeen(handle);
      GivenTrace trace = GivenTrace.read(Path.of(file));
      assertEquals(EXPECTED, trace.events());
      assertEquals(new HakmemRecording.Result(file, EXPECTED.size(), trace.slots(), 2, ""), result);
      assertThrows(IllegalStateException.class, HakmemRecording::stop);
      HeapVerifier.verify();
      assertEquals(0, Hakmem.stats().allocatedBytes());
      return file;
    }

    private static void calls(HakmemHandle handle) {
      long a = Hakmem.allocate(10);
      assertThrows(InvalidFreeException.class, () -> Hakmem.free(a + 16));
      assertThrows(InvalidFreeException.class, () -> Hakmem.free(a, 5000));
      Hakmem.free(a, 10);
      assertThrows(InvalidFreeException.class, () -> Hakmem.free(a));
      long b = Hakmem.tryAllocate(20);
      long c = Hakmem.allocateZeroed(30);
      long d = Hakmem.allocateAligned(40, 256);
      Hakmem.free(Hakmem.allocateAligned(45, 8));
      Hakmem.free(c);
      long e = handle.allocate(50);
      handle.free(b);
      handle.free(e, 50);
      e = handle.allocateZeroed(60);
      long f = Hakmem.reallocate(e, 61); // stays
      f = Hakmem.reallocate(f, 4000); // is copied
      f = handle.reallocate(f, 100_000);
      f = Hakmem.reallocate(f, 3 << 20);
      long g = Hakmem.allocate(3 << 20);
      f = Hakmem.reallocate(f, 9 << 20); // moves by its pages
      Hakmem.free(g);
      Hakmem.free(f);
      Hakmem.free(d);
      Hakmem.free(Hakmem.allocateSegment(70));
      Hakmem.free(Hakmem.allocateBuffer(80));
      Hakmem.free(Hakmem.reallocate(0, 90));
      try (HakmemArena arena = HakmemArena.ofConfined()) {
        long address = arena.allocate(100).address();
        assertThrows(InvalidFreeException.class, () -> Hakmem.free(address));
      }
      try (HakmemArena arena = HakmemArena.ofShared()) {
        arena.allocate(100_000, 16);
      }
    }

    private static final List<String> EXPECTED =
        List.of(
            "t0 malloc s0 10",
            "t0 free s0",
            "t0 malloc s0 20",
            "t0 calloc s1 30",
            "t0 aligned s2 40 2^8",
            "t0 aligned s3 45 2^3",
            "t0 free s3",
            "t0 free s1",
            "t0 malloc s1 50",
            "t0 free s0",
            "t0 free s1",
            "t0 calloc s1 60",
            "t0 realloc s1 61",
            "t0 realloc s1 4000",
            "t0 realloc s1 100000",
            "t0 realloc s1 3145728",
            "t0 malloc s0 3145728",
            "t0 realloc s1 9437184",
            "t0 free s0",
            "t0 free s1",
            "t0 free s2",
            "t0 malloc s2 70",
            "t0 free s2",
            "t0 malloc s2 80",
            "t0 free s2",
            "t0 malloc s2 90",
            "t0 free s2",
            "t0 calloc s2 1024", // the chunk of an arena
            "t0 free s2",
            "t0 aligned s2 100000 2^4",
            "t0 free s2",
            "t0 malloc s2 700",
            "t1 free s2");

    /** The fast ways are open again, the handle's too. */
    private static void assertNotSeen(HakmemHandle handle) {
      assertFalse(HakmemRecording.isRunning());
      handle.free(handle.allocate(10));
      Hakmem.free(Hakmem.allocate(10));
      assertNotNull(FrontCaches.current());
    }
  }

  private static void start(String file) {
    try {
      HakmemRecording.start(Path.of(file), 1 << 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void knob_recordsFromTheStartToTheExit() throws IOException {
    String pid = ChildJava.run(List.of("-Dhakmem.recordBytes=1m"), Program.class);
    Path file = Path.of("hakmem-" + pid + ".trace.gz");
    try {
      assertEquals(
          List.of("t0 malloc s0 100", "t1 malloc s1 200", "t0 free s1"),
          GivenTrace.read(file).events());
    } finally {
      Files.delete(file);
    }
  }

  /** Says its process id. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      long ignored = Hakmem.allocate(100);
      Hakmem.free(InThread.call(() -> Hakmem.allocate(200)));
      System.out.println(ProcessHandle.current().pid());
    }
  }

  @Test
  void fullFile_endsTheRecordingWithOneLine() {
    String said =
        ChildJava.run(List.of(), FullFile.class, folder.resolve("full.trace.gz").toString());
    assertEquals("hakmem: recording stopped: the file has as many bytes as it may", said);
    assertTrue(GivenTrace.read(folder.resolve("full.trace.gz")).events().size() > 1000);
  }

  /** Goes on and on. */
  static final class FullFile {
    private FullFile() {}

    public static void main(String[] args) throws IOException {
      HakmemRecording.start(Path.of(args[0]), 10_000);
      HakmemHandle handle = Hakmem.handle();
      for (int i = 0; i < 100_000; i++) {
        handle.free(Hakmem.allocate(i % 5000));
      }
      assertFalse(HakmemRecording.isRunning());
      assertNotNull(FrontCaches.current(), "the fast ways are open again");
    }
  }

  @Test
  void bean_startsAndStops() {
    FreshAllocator.run(Bean.class, folder.resolve("bean.trace.gz").toString());
  }

  /** As a tool would. */
  static final class Bean implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      HakmemMonitoring.start();
      try {
        HakmemMXBean bean =
            JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName(HakmemMonitoring.OBJECT_NAME),
                HakmemMXBean.class);
        assertThrows(IOException.class, () -> bean.startRecording("/no/such/folder/x", 1 << 20));
        bean.startRecording(file, 1 << 20);
        assertTrue(bean.isRecording());
        Hakmem.free(Hakmem.allocate(10));
        assertEquals(new HakmemRecording.Result(file, 2, 1, 1, ""), bean.stopRecording());
        assertFalse(bean.isRecording());
      } catch (IOException | MalformedObjectNameException e) {
        throw new AssertionError(e);
      } finally {
        HakmemMonitoring.stop();
      }
      return file;
    }
  }
}
