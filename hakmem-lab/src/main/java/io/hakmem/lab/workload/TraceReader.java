// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads a recorded trace and checks that it can be replayed: {@code traces/README.md}. */
final class TraceReader {
  private static final byte[] MAGIC = "HAKTRC01".getBytes(StandardCharsets.US_ASCII);
  private static final String UNFINISHED = "HAKTRC00";
  private static final int HEADER_BYTES = 24;
  private static final int RECORD_BYTES = 12;
  private static final int MAX_ALIGNMENT_SHIFT = 30;
  private static final int MAX_EVENTS = 150_000_000; // the packed file stays below 2 GiB
  private static final long EMPTY = -1;

  private final Path file;
  private final long[] liveSizes; // by slot
  private final long[] events;
  private final int[] extras;
  private final byte[] threads;
  private final int threadCount;

  private TraceReader(Path file, int eventCount, int slotCount, int threadCount) {
    this.file = file;
    liveSizes = new long[slotCount];
    Arrays.fill(liveSizes, EMPTY);
    events = new long[eventCount];
    extras = new int[eventCount];
    threads = new byte[eventCount];
    this.threadCount = threadCount;
  }

  /** Reads a trace; a file that is none, or is damaged, is bad usage. */
  static Trace read(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UsageException("cannot read the trace " + file);
    }
    try (InputStream in =
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      ByteBuffer header = next(in, HEADER_BYTES);
      byte[] magic = new byte[MAGIC.length];
      header.get(magic);
      if (new String(magic, StandardCharsets.US_ASCII).equals(UNFINISHED)) {
        throw new UsageException(
            file + " is a recording that was not finished: the program runs on or was killed");
      }
      if (!Arrays.equals(magic, MAGIC)) {
        throw new UsageException(file + " is not a trace: it does not begin with HAKTRC01");
      }
      int eventCount = limited(file, "events", header.getInt(), MAX_EVENTS);
      int slotCount = limited(file, "slots", header.getInt(), Trace.MAX_SLOTS);
      int threadCount = limited(file, "threads", header.getInt(), Trace.MAX_THREADS);
      return new TraceReader(file, eventCount, slotCount, threadCount).readEvents(in);
    } catch (ZipException e) {
      throw new UsageException(file + " is not a trace: not a gzip file (" + e.getMessage() + ")");
    } catch (EOFException e) {
      throw new UsageException("the trace " + file + " is truncated");
    } catch (IOException e) {
      throw new UsageException("cannot read the trace " + file + ": " + e.getMessage());
    }
  }

  private static int limited(Path file, String what, int count, int most) {
    if (Integer.compareUnsigned(count, most) > 0) {
      throw new UsageException(
          file + ": " + Integer.toUnsignedString(count) + " " + what + ", more than " + most);
    }
    return count;
  }

  private Trace readEvents(InputStream in) throws IOException {
    for (int n = 0; n < events.length; n++) {
      ByteBuffer bytes = next(in, RECORD_BYTES);
      int op = bytes.get();
      threads[n] = bytes.get();
      int alignmentShift = Short.toUnsignedInt(bytes.getShort());
      int slot = bytes.getInt();
      long size = Integer.toUnsignedLong(bytes.getInt());
      if (Integer.compareUnsigned(slot, liveSizes.length) >= 0) {
        throw damaged(n, "slot " + Integer.toUnsignedString(slot) + " is out of range");
      }
      if (Byte.toUnsignedInt(threads[n]) >= threadCount) {
        throw damaged(n, "thread " + Byte.toUnsignedInt(threads[n]) + " is out of range");
      }
      extras[n] = accept(n, op, slot, size, alignmentShift);
      events[n] = Trace.word(op, slot, size);
    }
    if (in.read() >= 0) {
      throw new UsageException("the trace " + file + " has more events than its header says");
    }
    return new Trace(events, extras, threads, liveSizes.length, threadCount);
  }

  /** Checks the event against the state of its slot; returns its extra number. */
  private int accept(int n, int op, int slot, long size, int alignmentShift) {
    long old = liveSizes[slot];
    boolean needsBlock = op == Trace.FREE || op == Trace.REALLOCATE;
    if (op < Trace.ALLOCATE || op > Trace.ALLOCATE_ALIGNED) {
      throw damaged(n, "no such operation: " + op);
    }
    if (needsBlock != (old != EMPTY)) {
      throw damaged(n, "slot " + slot + (needsBlock ? " is empty" : " is filled already"));
    }
    if (op != Trace.FREE && size == 0) {
      throw damaged(n, "size 0");
    }
    if (op == Trace.ALLOCATE_ALIGNED && alignmentShift > MAX_ALIGNMENT_SHIFT) {
      throw damaged(n, "alignment 2^" + alignmentShift);
    }
    liveSizes[slot] = op == Trace.FREE ? EMPTY : size;
    return switch (op) {
      case Trace.REALLOCATE -> (int) old;
      case Trace.ALLOCATE_ALIGNED -> alignmentShift;
      default -> 0;
    };
  }

  private UsageException damaged(int event, String how) {
    return new UsageException("the trace " + file + " is damaged at event " + event + ": " + how);
  }

  private static ByteBuffer next(InputStream in, int bytes) throws IOException {
    byte[] read = in.readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException();
    }
    return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
  }
}
