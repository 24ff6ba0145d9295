// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.HakmemMXBean;
import io.hakmem.HakmemMonitoring;
import io.hakmem.HakmemRecording;
import io.hakmem.lab.workload.TraceCounts;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private Path trace() {
    return folder.resolve("t.trace.gz");
  }

  // ---- a running program

  @Test
  void process_isRecordedForAWhile_andReplayed() throws Exception {
    Process program = start(Program.class);
    try {
      int status = execute("record " + program.pid() + " --seconds 1 --out " + trace());
      assertEquals(Main.OK, status, err::toString);
      assertEquals("", err.toString());
      TraceCounts counts = TraceCounts.of(trace());
      assertTrue(counts.calls() > 10, out::toString);
      assertEquals(2, counts.threads());
      assertTrue(out.toString().startsWith(counts.calls() + " calls, "), out::toString);
      assertEquals(Main.OK, execute("replay --runs 1 --subjects jvm-null " + trace()));
    } finally {
      end(program);
    }
  }

  @Test
  void endOfTheProgram_endsTheRecording() throws Exception {
    Process program = start(Program.class);
    Thread ending =
        Thread.ofPlatform()
            .start(
                () -> {
                  awaitFile(trace());
                  end(program);
                });
    int status = execute("record " + program.pid() + " --out " + trace());
    ending.join();
    assertEquals(Main.OK, status, err::toString);
    assertEquals(
        "hakmem: the recording ended early: the JVM " + program.pid() + " ended",
        err.toString().strip());
    assertEquals(2, TraceCounts.of(trace()).threads());
  }

  @Test
  void killedProgram_isOneLine() throws Exception {
    Process program = start(Program.class);
    Thread killing =
        Thread.ofPlatform()
            .start(
                () -> {
                  awaitFile(trace());
                  program.destroyForcibly();
                });
    int status = execute("record " + program.pid() + " --out " + trace());
    killing.join();
    assertEquals(Main.FAILED, status, err::toString);
    assertOneLine("was not finished");
  }

  @Test
  void programThatEndsAsItBegins_isOneLine() throws Exception {
    Process program = start(EndsAtOnce.class);
    assertEquals(Main.FAILED, execute("record " + program.pid() + " --out " + trace()));
    assertOneLine("the JVM " + program.pid() + " ended: ");
    assertOneLine("was not finished");
    end(program);
  }

  @Test
  void fileThatIsAFolder_isOneLine() throws Exception {
    Process program = start(Program.class);
    try {
      assertEquals(Main.BAD_USAGE, execute("record " + program.pid() + " --out " + folder));
      assertOneLine("cannot write");
    } finally {
      end(program);
    }
  }

  @Test
  void programThatRecordsItself_isOneLine() throws Exception {
    Process program = start(Program.class, folder.resolve("own.trace.gz").toString());
    try {
      assertEquals(Main.FAILED, execute("record " + program.pid() + " --out " + trace()));
      assertOneLine("a recording runs already");
    } finally {
      end(program);
    }
    assertEquals(2, TraceCounts.of(folder.resolve("own.trace.gz")).threads());
  }

  @Test
  void jvmWithoutHakmem_isOneLine() throws Exception {
    Process program = start(Nothing.class);
    try {
      assertEquals(Main.FAILED, execute("record " + program.pid() + " --out " + trace()));
      assertOneLine("has no hakmem");
    } finally {
      end(program);
    }
  }

  @Test
  void processThatIsNoJvm_isOneLine() throws Exception {
    Process program = new ProcessBuilder("cat").start();
    try {
      assertEquals(Main.BAD_USAGE, execute("record " + program.pid() + " --out " + trace()));
      assertOneLine("is no JVM");
      assertTrue(program.isAlive());
    } finally {
      end(program);
    }
  }

  /** Allocates in two threads until its standard input ends. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws IOException {
      if (args.length > 0) {
        HakmemRecording.start(Path.of(args[0]), 1 << 20);
      }
      for (int i = 0; i < 2; i++) {
        Thread.ofPlatform().daemon().start(Program::work);
      }
      System.out.println("ready");
      int ignored = System.in.read();
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void work() {
      while (true) {
        long block = Hakmem.allocate(100);
        block = Hakmem.reallocate(block, 1000);
        Hakmem.free(block);
      }
    }
  }

  /** Is gone before it could answer that it records. */
  static final class EndsAtOnce {
    private EndsAtOnce() {}

    public static void main(String[] args) throws Exception {
      HakmemMXBean bean =
          (HakmemMXBean)
              Proxy.newProxyInstance(
                  EndsAtOnce.class.getClassLoader(),
                  new Class<?>[] {HakmemMXBean.class},
                  (_, _, arguments) -> {
                    HakmemRecording.start(Path.of((String) arguments[0]), (long) arguments[1]);
                    Runtime.getRuntime().halt(1);
                    return null;
                  });
      ManagementFactory.getPlatformMBeanServer()
          .registerMBean(
              new StandardMBean(bean, HakmemMXBean.class, true),
              new ObjectName(HakmemMonitoring.OBJECT_NAME));
      System.out.println("ready");
      int ignored = System.in.read();
    }
  }

  /** Uses nothing. */
  static final class Nothing {
    private Nothing() {}

    public static void main(String[] args) throws IOException {
      System.out.println("ready");
      int ignored = System.in.read();
    }
  }

  private static Process start(Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertEquals("ready", program.inputReader(StandardCharsets.UTF_8).readLine());
    return program;
  }

  private static void end(Process program) {
    try {
      program.getOutputStream().close();
      int ignored = program.waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // until another process is so far
  private static void awaitFile(Path file) {
    try {
      while (!Files.exists(file) || Files.size(file) < 60) {
        Thread.yield();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- Netty's events

  @Test
  void nettysEvents_becomeATrace() throws Exception {
    Path recording = record(true);
    int status = execute("record --from " + recording + " --out " + trace());
    assertEquals(Main.OK, status, err::toString);
    assertEquals(new TraceCounts(5, 2, 2), TraceCounts.of(trace()));
    assertEquals("5 calls, 2 blocks at most, 2 threads: " + trace(), out.toString().strip());
    assertEquals("hakmem: left out: 2 events of buffers on the Java heap", err.toString().strip());
    assertEquals(Main.OK, execute("replay --runs 1 --subjects jvm-null " + trace()));
  }

  @Test
  void recordingsThatAreNoUse_areOneLine() throws Exception {
    Path without = record(false);
    assertEquals(Main.BAD_USAGE, execute("record --from " + without + " --out " + trace()));
    assertOneLine("io.netty.AllocateBuffer");
    Path whole = record(true);
    Path cut = folder.resolve("cut.jfr");
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    assertEquals(Main.BAD_USAGE, execute("record --from " + cut + " --out " + trace()));
    assertOneLine("cut.jfr");
    Path text = Files.writeString(folder.resolve("text.jfr"), "This is no recording at all.\n");
    assertEquals(Main.BAD_USAGE, execute("record --from " + text + " --out " + trace()));
    assertOneLine("text.jfr");
  }

  /** Two direct buffers, of which one grows, and one on the Java heap. */
  private Path record(boolean withEvents) throws Exception {
    Path file = folder.resolve(withEvents ? "with.jfr" : "without.jfr");
    try (Recording recording = new Recording()) {
      for (String event : List.of("AllocateBuffer", "ReallocateBuffer", "FreeBuffer")) {
        if (withEvents) {
          recording.enable("io.netty." + event).withoutStackTrace();
        }
      }
      recording.start();
      AdaptiveByteBufAllocator allocator = new AdaptiveByteBufAllocator(true);
      List<ByteBuf> other = new ArrayList<>();
      Thread thread = Thread.ofPlatform().start(() -> other.add(allocator.directBuffer(200)));
      thread.join();
      ByteBuf grows = allocator.directBuffer(100, 1 << 20);
      grows.capacity(100_000);
      assertTrue(allocator.heapBuffer(50).release());
      assertTrue(grows.release());
      assertTrue(other.getFirst().release());
      recording.stop();
      recording.dump(file);
    }
    return file;
  }

  // ----

  private int execute(String line) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(line.split(" ", -1));
  }

  private void assertOneLine(String part) {
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("hakmem: "), err::toString);
    assertTrue(err.toString().contains(part), err::toString);
    assertEquals("", out.toString());
  }
}
