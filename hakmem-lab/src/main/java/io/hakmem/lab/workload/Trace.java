// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.io.IOException;
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
   * event count and slot count (64 bits each), the events, the extras (32 bits each).
   */

  static final int ALLOCATE = 1;
  static final int FREE = 2;
  static final int ALLOCATE_ZEROED = 3;
  static final int REALLOCATE = 4;
  static final int ALLOCATE_ALIGNED = 5;

  /** Slots fit into 29 bits. */
  static final int MAX_SLOTS = 1 << 29;

  private static final int HEADER_BYTES = 16;

  private final long[] events;
  private final int[] extras;
  private final int slotCount;

  /**
   * Takes the arrays as they are: one word and one extra number an event; slots are below the
   * count.
   */
  Trace(long[] events, int[] extras, int slotCount) {
    this.events = events;
    this.extras = extras;
    this.slotCount = slotCount;
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
  void writePacked(Path file) throws IOException {
    ByteBuffer buffer = packedBuffer(events.length);
    buffer.putLong(events.length).putLong(slotCount);
    buffer.asLongBuffer().put(events);
    buffer.position(buffer.position() + events.length * Long.BYTES);
    buffer.asIntBuffer().put(extras);
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
    }
  }

  /** Reads what {@link #writePacked} wrote; children only, so its contents are trusted. */
  static Trace readPacked(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer =
          channel
              .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
              .order(ByteOrder.nativeOrder());
      long[] events = new long[(int) buffer.getLong()];
      int slotCount = (int) buffer.getLong();
      buffer.asLongBuffer().get(events);
      buffer.position(HEADER_BYTES + events.length * Long.BYTES);
      int[] extras = new int[events.length];
      buffer.asIntBuffer().get(extras);
      return new Trace(events, extras, slotCount);
    }
  }

  private static ByteBuffer packedBuffer(int eventCount) {
    int bytes = Math.addExact(HEADER_BYTES, Math.multiplyExact(eventCount, 12));
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }
}
