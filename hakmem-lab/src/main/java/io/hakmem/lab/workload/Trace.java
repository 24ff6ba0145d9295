// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The allocation calls of a real program, ready to be replayed. */
final class Trace {
  /*
   * An event is one word, so that replaying reads little besides the blocks:
   *
   *   63                            32 31                          3 2    0
   *   +-------------------------------+-----------------------------+------+
   *   |         size in bytes         |            slot             |  op  |
   *   +-------------------------------+-----------------------------+------+
   *
   * Beside it an extra number: of a reallocation the old size, of an aligned allocation the binary
   * logarithm of the alignment, else 0.
   *
   * The packed file, which the children in Java and in C both read, is in the machine's byte order:
   * event count, slot count and thread count (64 bits each), the events, the extras (32 bits each),
   * the thread of each event (8 bits).
   */

  static final int ALLOCATE = 1;
  static final int FREE = 2;
  static final int ALLOCATE_ZEROED = 3;
  static final int REALLOCATE = 4;
  static final int ALLOCATE_ALIGNED = 5;

  /** Slots fit into 29 bits. */
  static final int MAX_SLOTS = 1 << 29;

  /** Threads fit into a byte. */
  static final int MAX_THREADS = 1 << 8;

  private static final int HEADER_BYTES = 24;
  private static final int EVENT_BYTES = 13;

  private final long[] events;
  private final int[] extras;
  private final byte[] threads;
  private final int slotCount;
  private final int threadCount;

  /**
   * Takes the arrays as they are: one word, one extra number and one thread an event; slots and
   * threads are below their count.
   */
  Trace(long[] events, int[] extras, byte[] threads, int slotCount, int threadCount) {
    this.events = events;
    this.extras = extras;
    this.threads = threads;
    this.slotCount = slotCount;
    this.threadCount = threadCount;
  }

  long[] events() {
    return events;
  }

  int[] extras() {
    return extras;
  }

  int slotCount() {
    return slotCount;
  }

  int threadCount() {
    return threadCount;
  }

  /** The thread of an event. */
  int thread(int event) {
    return Byte.toUnsignedInt(threads[event]);
  }

  static long word(int op, int slot, long size) {
    return size << 32 | (long) slot << 3 | op;
  }

  static int op(long event) {
    return (int) event & 7;
  }

  static int slot(long event) {
    return (int) event >>> 3;
  }

  static long size(long event) {
    return event >>> 32;
  }

  /** Writes the packed file. */
  void writePacked(Path file) {
    ByteBuffer buffer = packedBuffer(events.length);
    buffer.putLong(events.length).putLong(slotCount).putLong(threadCount);
    buffer.asLongBuffer().put(events);
    buffer.position(buffer.position() + events.length * Long.BYTES);
    buffer.asIntBuffer().put(extras);
    buffer.position(buffer.position() + events.length * Integer.BYTES);
    buffer.put(threads);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      buffer.rewind();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Reads what {@link #writePacked} wrote; children only, so its contents are trusted. */
  static Trace readPacked(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer =
          channel
              .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
              .order(ByteOrder.nativeOrder());
      long[] events = new long[(int) buffer.getLong()];
      int slotCount = (int) buffer.getLong();
      int threadCount = (int) buffer.getLong();
      buffer.asLongBuffer().get(events);
      buffer.position(HEADER_BYTES + events.length * Long.BYTES);
      int[] extras = new int[events.length];
      buffer.asIntBuffer().get(extras);
      buffer.position(buffer.position() + events.length * Integer.BYTES);
      byte[] threads = new byte[events.length];
      buffer.get(threads);
      return new Trace(events, extras, threads, slotCount, threadCount);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static ByteBuffer packedBuffer(int eventCount) {
    int bytes = Math.addExact(HEADER_BYTES, Math.multiplyExact(eventCount, EVENT_BYTES));
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }
}
