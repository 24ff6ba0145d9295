// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceReaderTest {
  @TempDir Path folder;

  @Test
  void read_decodesEveryOperation() {
    Trace trace = TraceReader.read(TraceFiles.sample().write(folder));
    assertEquals(3, trace.slotCount());
    assertArrayEquals(
        new long[] {
          Trace.word(Trace.ALLOCATE, 0, 100),
          Trace.word(Trace.ALLOCATE_ZEROED, 1, 200),
          Trace.word(Trace.REALLOCATE, 0, 1000),
          Trace.word(Trace.ALLOCATE_ALIGNED, 2, 100),
          Trace.word(Trace.FREE, 1, 0),
          Trace.word(Trace.REALLOCATE, 0, 50),
        },
        trace.events());
    assertArrayEquals(new int[] {0, 0, 100, 12, 0, 1000}, trace.extras(), "old sizes, alignment");
  }

  @Test
  void word_keepsTheLargestValues() {
    long word = Trace.word(Trace.ALLOCATE_ALIGNED, Trace.MAX_SLOTS - 1, 0xFFFF_FFFFL);
    assertEquals(Trace.ALLOCATE_ALIGNED, Trace.op(word));
    assertEquals(Trace.MAX_SLOTS - 1, Trace.slot(word));
    assertEquals(0xFFFF_FFFFL, Trace.size(word));
  }

  @Test
  void packed_isReadAsWritten() {
    Trace trace = TraceReader.read(TraceFiles.sample().write(folder));
    Path packed = folder.resolve("packed");
    trace.writePacked(packed);
    Trace read = Trace.readPacked(packed);
    assertArrayEquals(trace.events(), read.events());
    assertArrayEquals(trace.extras(), read.extras());
    assertEquals(trace.slotCount(), read.slotCount());
  }

  @Test
  void packed_keepsTheThreads() {
    Trace trace = TraceReader.read(TraceFiles.ofTwoThreads().write(folder));
    trace.writePacked(folder.resolve("packed"));
    Trace read = Trace.readPacked(folder.resolve("packed"));
    assertEquals(2, read.threadCount());
    List<Integer> threads = IntStream.range(0, 7).mapToObj(read::thread).toList();
    assertEquals(List.of(0, 1, 1, 0, 0, 0, 1), threads);
  }

  @Test
  void read_ofThreadOutOfRange_saysSo() {
    byte[] bytes = TraceFiles.ofTwoThreads().bytes();
    bytes[16] = 1; // the header's number of threads
    assertRefused(
        TraceFiles.writeCompressed(folder, bytes), "damaged at event 1: thread 1 is out of range");
  }

  @Test
  void read_ofTruncatedTrace_saysSo() throws IOException {
    byte[] bytes = TraceFiles.sample().bytes();
    Path cutInside = TraceFiles.writeCompressed(folder, Arrays.copyOf(bytes, bytes.length - 5));
    assertRefused(cutInside, "truncated");
    Path cutInHeader = TraceFiles.writeCompressed(folder, Arrays.copyOf(bytes, 20));
    assertRefused(cutInHeader, "truncated");
    Path whole = TraceFiles.sample().write(folder);
    byte[] compressed = Files.readAllBytes(whole);
    Files.write(whole, Arrays.copyOf(compressed, compressed.length - 12));
    assertRefused(whole, "truncated");
  }

  @Test
  void read_ofForeignFile_saysSo() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "not a trace at all, not even gzip");
    assertRefused(text, "is not a trace: not a gzip file");
    assertRefused(TraceFiles.writeCompressed(folder, new byte[100]), "is not a trace");
    assertRefused(folder.resolve("missing"), "cannot read");
    assertRefused(folder, "cannot read");
  }

  @Test
  void read_ofDamagedTrace_namesEventAndDamage() {
    assertRefused(
        new TraceFiles(1).event(Trace.FREE, 0, 0, 0).write(folder), "event 0: slot 0 is empty");
    assertRefused(
        new TraceFiles(1)
            .event(Trace.ALLOCATE, 0, 1, 0)
            .event(Trace.ALLOCATE, 0, 1, 0)
            .write(folder),
        "event 1: slot 0 is filled already");
    assertRefused(
        new TraceFiles(1).event(Trace.ALLOCATE, 1, 1, 0).write(folder), "slot 1 is out of range");
    assertRefused(new TraceFiles(1).event(Trace.ALLOCATE, 0, 0, 0).write(folder), "size 0");
    assertRefused(new TraceFiles(1).event(7, 0, 1, 0).write(folder), "no such operation: 7");
    assertRefused(
        new TraceFiles(1).event(Trace.ALLOCATE_ALIGNED, 0, 1, 31).write(folder), "alignment 2^31");
  }

  @Test
  void read_ofTraceLongerThanItsHeaderSays_isRefused() {
    byte[] bytes = TraceFiles.sample().bytes();
    assertRefused(
        TraceFiles.writeCompressed(folder, Arrays.copyOf(bytes, bytes.length + 12)),
        "more events than its header says");
  }

  private static void assertRefused(Path file, String reason) {
    UsageException e = assertThrows(UsageException.class, () -> TraceReader.read(file));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(reason), message);
    assertTrue(!message.contains("\n"), message);
  }
}
