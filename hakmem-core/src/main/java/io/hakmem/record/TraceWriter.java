// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes a trace of at most so many bytes. One thread at a time. */
final class TraceWriter implements Closeable {
  /*
   * The header has counts that are known at the end only, and nothing in a compressed stream can be
   * changed. So the file is two gzip members, which every reader of gzip takes for one stream:
   *
   *   0                      47
   *   +----------------------+---------------------------------------------+
   *   | header, not deflated | records, deflated, flushed chunk by chunk   |
   *   +----------------------+---------------------------------------------+
   *
   * The first one has a fixed size and is written again at the end; until then its magic says that the
   * recording was not finished. A chunk that would not fit the bound any more is not written.
   *
   *   I1  written + END_BYTES <= maxBytes, once the two members began
   */

  private static final String MAGIC = "HAKTRC01";
  private static final String UNFINISHED = "HAKTRC00";

  private static final int RECORD_BYTES = 12;
  private static final int HEADER_BYTES = 24;
  private static final int CHUNK_BYTES = RECORD_BYTES * 2048;

  /** What deflate, flushed, makes of a chunk at most. */
  private static final int DEFLATED_BYTES = CHUNK_BYTES + CHUNK_BYTES / 8 + 64;

  private static final byte[] GZIP = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final int CHECK_BYTES = 8;

  /** Begin of a last block that is not deflated: flag, length, its complement. */
  private static final int STORED_BYTES = 5;

  /** A last block without contents, and the check. */
  private static final int END_BYTES = 2 + CHECK_BYTES;

  private final FileChannel channel;
  private final long maxBytes;
  private final ByteBuffer chunk = littleEndian(CHUNK_BYTES);
  private final ByteBuffer deflated = littleEndian(DEFLATED_BYTES);
  private final ByteBuffer header =
      littleEndian(GZIP.length + STORED_BYTES + HEADER_BYTES + CHECK_BYTES);
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final CRC32 check = new CRC32();
  private long written;
  private long chunkEvents;
  private long events;

  /**
   * Makes the file, or takes the place of one that is there.
   *
   * @param maxBytes no file is shorter than one without events, 67 bytes
   */
  TraceWriter(Path file, long maxBytes) throws IOException {
    this.maxBytes = maxBytes;
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    boolean done = false;
    try {
      writeHeader(UNFINISHED, 0, 0);
      write(ByteBuffer.wrap(GZIP), header.capacity());
      written = header.capacity() + (long) GZIP.length;
      done = true;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  /** Whether {@link #flush} has to come before the next record. */
  boolean isChunkFull() {
    return !chunk.hasRemaining();
  }

  /** Takes a record; only while the chunk is not full. */
  void append(int op, int thread, int shift, int slot, long byteSize) {
    chunk
        .put((byte) op)
        .put((byte) thread)
        .putShort((short) shift)
        .putInt(slot)
        .putInt((int) byteSize);
    chunkEvents++;
  }

  /** Writes what was taken; false if the file has no room for it: then it is lost. */
  boolean flush() throws IOException {
    if (chunkEvents == 0) {
      return true;
    }
    deflater.setInput(chunk.flip());
    int bytes = deflater.deflate(deflated.clear(), Deflater.SYNC_FLUSH);
    boolean fits = written + bytes + END_BYTES <= maxBytes;
    if (fits) {
      check.update(chunk.rewind());
      write(deflated.flip(), written);
      written += bytes;
      events += chunkEvents;
    }
    chunkEvents = 0;
    chunk.clear();
    return fits;
  }

  /** Events in the file. */
  long events() {
    return events;
  }

  /** Makes the file, which has all chunks but perhaps the last, a trace. */
  void finish(int slots, int threads) throws IOException {
    deflated.clear().put((byte) 3).put((byte) 0);
    deflated.putInt((int) check.getValue()).putInt((int) (events * RECORD_BYTES));
    write(deflated.flip(), written);
    writeHeader(MAGIC, slots, threads);
  }

  private void writeHeader(String magic, int slots, int threads) throws IOException {
    header.clear().put(GZIP).put((byte) 1);
    header.putShort((short) HEADER_BYTES).putShort((short) ~HEADER_BYTES);
    int from = header.position();
    header.put(magic.getBytes(StandardCharsets.US_ASCII));
    header.putInt((int) events).putInt(slots).putInt(threads).putInt(0);
    CRC32 own = new CRC32();
    own.update(header.duplicate().flip().position(from));
    header.putInt((int) own.getValue()).putInt(HEADER_BYTES);
    write(header.flip(), 0);
  }

  private void write(ByteBuffer bytes, long at) throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  @Override
  public void close() throws IOException {
    deflater.end();
    channel.close();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
