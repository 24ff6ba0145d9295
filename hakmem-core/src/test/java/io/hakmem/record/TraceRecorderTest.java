// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.event.CallObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told becomes a trace, up to its bounds. */
final class TraceRecorderTest {

  private static final long PLENTY = 1 << 20;

  @TempDir Path folder = Path.of("."); // JUnit sets it

  private final List<String> told = new ArrayList<>();

  private TraceRecorder recorder(long maxBytes) throws IOException {
    return new TraceRecorder(folder.resolve("t.trace.gz"), maxBytes, it -> told.add(it.ended()));
  }

  private GivenTrace trace() {
    return GivenTrace.read(folder.resolve("t.trace.gz"));
  }

  @Test
  void slots_areUsedAgain_theOneEmptiedLastFirst() throws IOException {
    TraceRecorder recorder = recorder(PLENTY);
    recorder.allocated(0x1000, 100, 1, false);
    recorder.allocated(0x2000, 0, 1, true);
    recorder.allocated(0x3000, 7, 64, false);
    recorder.freeing(0x1000);
    recorder.freeing(0x3000);
    recorder.allocated(0x4000, TraceLog.MAX_BYTES, 1, false);
    recorder.reallocated(recorder.reallocating(0x2000), 0x5000, 50);
    recorder.freeing(0x5000);
    assertTrue(recorder.stop());
    assertEquals(
        new GivenTrace(
            "HAKTRC01",
            List.of(
                "t0 malloc s0 100",
                "t0 calloc s1 1",
                "t0 aligned s2 7 2^6",
                "t0 free s0",
                "t0 free s2",
                "t0 malloc s2 4294967295",
                "t0 realloc s1 50",
                "t0 free s1"),
            3,
            1),
        trace());
    assertEquals(8, recorder.events());
    assertEquals(List.of(), told);
  }

  @Test
  void whatWasNotSeen_isMendedOrLeftOut() throws IOException {
    TraceRecorder recorder = recorder(PLENTY);
    recorder.freeing(0x1000); // from before
    recorder.reallocated(recorder.reallocating(0x2000), 0x2000, 20); // from before
    recorder.allocated(0x2000, 30, 1, false); // freed unseen
    long token = recorder.reallocating(0x2000);
    recorder.allocated(0x2000, 40, 1, false); // while the block moves
    recorder.reallocated(token, 0x3000, 50);
    recorder.reallocated(recorder.reallocating(0x3000), 0x3000, CallObserver.FAILED);
    recorder.freeing(0x3000);
    recorder.stop();
    assertEquals(
        List.of(
            "t0 malloc s0 20",
            "t0 free s0",
            "t0 malloc s0 30",
            "t0 malloc s1 40",
            "t0 realloc s0 50",
            "t0 free s0"),
        trace().events());
  }

  @Test
  void largerBlock_endsTheRecording() throws IOException {
    TraceRecorder recorder = recorder(PLENTY);
    recorder.allocated(0x1000, 1, 1, false);
    recorder.allocated(0x2000, TraceLog.MAX_BYTES + 1, 1, false);
    recorder.freeing(0x1000);
    assertFalse(recorder.stop());
    assertEquals(List.of("t0 malloc s0 1"), trace().events());
    assertEquals(
        List.of("a block of 4294967296 bytes is larger than a trace can say, 4 GiB - 1"), told);
  }

  @Test
  void file_hasAtMostTheBytesItMay() throws IOException {
    long most = 60_000;
    TraceRecorder recorder = recorder(most);
    Random random = new Random(42);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      int size = 1 + random.nextInt(1 << 30);
      recorder.allocated(16L * (i + 1), size, 1, false);
      expected.add("t0 malloc s" + i + " " + size);
    }
    assertEquals(List.of("the file has as many bytes as it may"), told);
    long length = Files.size(recorder.file());
    assertTrue(length <= most && length > most / 2, "bytes: " + length);
    int events = trace().events().size();
    assertEquals(expected.subList(0, events), trace().events());
    assertEquals(events, trace().slots());
    assertEquals(recorder.events(), events);
  }

  @Test
  void noRoomAtAll_isATraceWithoutEvents() throws IOException {
    TraceRecorder recorder = recorder(1);
    recorder.allocated(0x1000, 1, 1, false);
    recorder.stop();
    assertEquals(new GivenTrace("HAKTRC01", List.of(), 0, 0), trace());
    assertEquals(67, Files.size(recorder.file()));
    assertEquals("the file has as many bytes as it may", recorder.ended());
  }

  @Test
  void unfinishedFile_isNoTraceYet() throws IOException {
    TraceRecorder recorder = recorder(PLENTY);
    recorder.allocated(0x1000, 1, 1, false);
    byte[] header = Files.readAllBytes(recorder.file());
    assertEquals("HAKTRC00", new String(header, 15, 8, StandardCharsets.US_ASCII));
    recorder.stop();
  }

  @Test
  void unwritableFile_isSaidAtOnce() {
    Path file = folder.resolve("no/such/folder");
    assertThrows(IOException.class, () -> new TraceRecorder(file, PLENTY, it -> told.add("")));
  }

  @Test
  void threads_keepTheirNumbers_andTheDeadLeaveTheirs() throws Exception {
    TraceRecorder recorder = recorder(PLENTY);
    recorder.allocated(16, 1, 1, false);
    for (int i = 1; i <= 300; i++) {
      long address = 16L * (i + 1);
      Thread.ofPlatform().start(() -> recorder.allocated(address, 2, 1, false)).join();
    }
    recorder.allocated(1 << 20, 3, 1, false);
    recorder.stop();
    assertEquals(List.of(), told);
    GivenTrace trace = trace();
    assertEquals(256, trace.threads());
    assertEquals("t1 malloc s1 2", trace.events().get(1));
    assertEquals("t255 malloc s255 2", trace.events().get(255));
    assertEquals("t1 malloc s256 2", trace.events().get(256));
    assertEquals("t0 malloc s301 3", trace.events().getLast());
  }

  @Test
  void tooManyThreadsAtOnce_endTheRecording() throws Exception {
    TraceRecorder recorder = recorder(PLENTY);
    CountDownLatch enough = new CountDownLatch(257);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 257; i++) {
      long address = 16L * (i + 1);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    recorder.allocated(address, 1, 1, false);
                    enough.countDown();
                    await(enough);
                  }));
    }
    for (Thread each : threads) {
      each.join();
    }
    assertEquals(List.of("more than 256 threads live at the same time"), told);
    assertEquals(256, trace().events().size());
    assertFalse(recorder.stop());
  }

  @Test
  void virtualThreads_shareNumbers() throws Exception {
    TraceRecorder recorder = recorder(PLENTY);
    for (int i = 0; i < 1000; i++) {
      long address = 16L * (i + 1);
      Thread.ofVirtual().start(() -> recorder.allocated(address, 1, 1, false)).join();
    }
    recorder.stop();
    assertEquals(1000, trace().events().size());
    assertEquals(Runtime.getRuntime().availableProcessors(), trace().threads());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
