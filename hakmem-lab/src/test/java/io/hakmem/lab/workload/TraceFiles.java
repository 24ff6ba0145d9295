// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes recorded traces, right and wrong ones. */
public final class TraceFiles {
  private final ByteArrayOutputStream records = new ByteArrayOutputStream();
  private final int slotCount;
  private int events;
  private int threads = 1;

  /** An empty trace with that many slots. */
  public TraceFiles(int slotCount) {
    this.slotCount = slotCount;
  }

  /** Every operation once; peak live is 1300 bytes after the fourth allocation. */
  public static TraceFiles sample() {
    return new TraceFiles(3)
        .event(Trace.ALLOCATE, 0, 100, 0)
        .event(Trace.ALLOCATE_ZEROED, 1, 200, 0)
        .event(Trace.REALLOCATE, 0, 1000, 0)
        .event(Trace.ALLOCATE_ALIGNED, 2, 100, 12)
        .event(Trace.FREE, 1, 0, 0)
        .event(Trace.REALLOCATE, 0, 50, 0);
  }

  /** Two threads, each of which frees or changes a block of the other. */
  public static TraceFiles ofTwoThreads() {
    return new TraceFiles(3)
        .event(0, Trace.ALLOCATE, 0, 100, 0)
        .event(1, Trace.ALLOCATE_ZEROED, 1, 200, 0)
        .event(1, Trace.REALLOCATE, 0, 1000, 0)
        .event(0, Trace.FREE, 1, 0, 0)
        .event(0, Trace.ALLOCATE_ALIGNED, 1, 100, 12)
        .event(0, Trace.FREE, 0, 0, 0)
        .event(1, Trace.ALLOCATE, 2, 50, 0);
  }

  /** Adds a record of the first thread as it is. */
  public TraceFiles event(int op, int slot, int size, int shift) {
    return event(0, op, slot, size, shift);
  }

  /** Adds a record as it is. */
  public TraceFiles event(int thread, int op, int slot, int size, int shift) {
    byte[] record = new byte[12];
    littleEndian(record)
        .put((byte) op)
        .put((byte) thread)
        .putShort((short) shift)
        .putInt(slot)
        .putInt(size);
    records.writeBytes(record);
    events++;
    threads = Math.max(threads, thread + 1);
    return this;
  }

  /** The uncompressed bytes. */
  public byte[] bytes() {
    byte[] header = new byte[24];
    littleEndian(header)
        .put("HAKTRC01".getBytes(StandardCharsets.US_ASCII))
        .putInt(events)
        .putInt(slotCount)
        .putInt(threads)
        .putInt(0);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(header);
    all.writeBytes(records.toByteArray());
    return all.toByteArray();
  }

  /** Writes it compressed. */
  public Path write(Path folder) {
    return writeCompressed(folder, bytes());
  }

  /** Writes any bytes compressed. */
  public static Path writeCompressed(Path folder, byte[] bytes) {
    try {
      Path file = Files.createTempFile(folder, "test", ".trace.gz");
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
        out.write(bytes);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
